// A picture of a single point, which a town takes as any other. Knows no page.

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** As a file input takes it. */
export const FILE = { name: 'lavoir.png', mimeType: 'image/png', buffer: PNG };
