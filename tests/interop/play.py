"""Plays the matrix between a Parvis node and every peer asked for, and the steps of every client app, on loopback, and
prints a table of each.

Started by `cargo xtask interop`, which has built the node and installed the peers; needs nothing but
Python itself. Exits with 1 when a step failed.
"""

import argparse
import json
import pathlib
import struct
import sys
import zlib

import clients
import peers
from matrix import play
from mastodon import Failed


def bridge():
    """A small PNG."""

    def chunk(kind, data):
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    side = 64
    rows = b"".join(
        b"\0" + bytes(v for x in range(side) for v in (x * 4, y * 4, 120)) for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def table(results):
    """Markdown: a row for each peer and step."""
    lines = ["| Peer | Step | Parvis → peer | peer → Parvis |", "|---|---|---|---|"]
    for peer, outcome in results:
        if isinstance(outcome, str):
            lines.append(f"| {peer} | all | {outcome} | |")
            continue
        for step, ours, theirs in outcome:
            lines.append(f"| {peer} | {step.replace('_', ' ')} | {ours} | {theirs} |")
    return "\n".join(lines)


def clients_table(results):
    lines = ["| Client | Step | |", "|---|---|---|"]
    for client, outcome in results:
        if isinstance(outcome, str):
            outcome = [("all", outcome)]
        lines += [f"| {client} | {step.replace('_', ' ')} | {came} |" for step, came in outcome]
    return "\n".join(lines)


def absolute(path):
    """The processes run in folders of their own."""
    return pathlib.Path(path).resolve()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--parvis", required=True, type=absolute)
    parser.add_argument("--folder", required=True, type=absolute)
    known = sorted(peers.PEERS) + sorted(clients.CLIENTS)
    parser.add_argument("names", nargs="+", choices=known)
    asked = parser.parse_args()

    asked.folder.mkdir(parents=True, exist_ok=True)
    picture = bridge()
    file = asked.folder / "bridge.png"
    file.write_bytes(picture)

    servers, apps = [], []
    for name in asked.names:
        print(f"== {name}", file=sys.stderr, flush=True)
        with peers.Ground(asked.folder, asked.parvis, file, name) as ground:
            is_client = name in clients.CLIENTS
            results = apps if is_client else servers
            try:
                if is_client:
                    results.append(clients.CLIENTS[name](ground))
                else:
                    ours = ground.node()
                    title, theirs = peers.PEERS[name](ground)
                    results.append((title, play(ours, theirs, picture)))
            except peers.Absent as why:
                results.append((name, f"not played: {why}"))
            except (Failed, OSError) as why:
                results.append((name, f"no: {why}"))

    tables = []
    if servers:
        tables.append(table(servers))
    if apps:
        tables.append(clients_table(apps))
    text = "\n\n".join(tables)
    (asked.folder / "matrix.md").write_text(text + "\n")
    (asked.folder / "matrix.json").write_text(json.dumps(servers + apps, indent=2))
    print(text)
    sys.stdout.flush()
    sys.exit(1 if any(map(has_failed, servers + apps)) else 0)


def has_failed(result):
    _, outcome = result
    if isinstance(outcome, str):
        return outcome.startswith("no:")
    return any(said.startswith("no:") for _, *came in outcome for said in came)


if __name__ == "__main__":
    main()
