import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of the page that shows the OpenAPI document; served by ourselves, so that it works without the internet. */
const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;

export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

const START = 'start.js';
const START_SCRIPT =
  "window.ui = SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#docs', deepLinking: true, docExpansion: 'list', filter: true, persistAuthorization: true });\n";

export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/${START}"></script>
</body>
</html>
`;

/** Reads the page's files once; undefined for a name that is not one of them. */
export function docsAssets(): ReadonlyMap<string, Asset> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = Object.entries(ASSETS).map(([name, type]): [string, Asset] => [
    name,
    { type, content: readFileSync(join(folder, name)) },
  ]);
  return new Map([...files, [START, { type: 'text/javascript; charset=utf-8', content: Buffer.from(START_SCRIPT) }]]);
}
