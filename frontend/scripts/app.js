// @ts-check
// Lets a phone use the town as an app: what is kept for when the network is away is the worker's business.

if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/worker.js");
