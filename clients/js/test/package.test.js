import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

test('npm pack: the module, its types and the manifest, nothing else', () => {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  assert.deepEqual(packed.files.map(file => file.path).sort(), ['README.md', 'package.json', 'scoring-client.d.ts', 'scoring-client.js']);
});

test('the package: is imported by its name', () => {
  const user = mkdtempSync(join(tmpdir(), 'scoring-client-'));
  try {
    mkdirSync(join(user, 'node_modules'));
    symlinkSync(folder, join(user, 'node_modules', 'scoring-client'), 'dir');
    writeFileSync(join(user, 'use.mjs'), "import * as client from 'scoring-client'; console.log(Object.keys(client).sort().join());");
    assert.equal(execFileSync('node', [join(user, 'use.mjs')], { encoding: 'utf8' }).trim(), 'ScoringClient,ScoringError');
  } finally {
    rmSync(user, { recursive: true });
  }
});
