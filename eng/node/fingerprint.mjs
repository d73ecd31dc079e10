// fingerprint.mjs CONFIGURATION: one hash of everything that a build reads, by content, and of the assemblies that the last one
// wrote, by size and time. The same hash as after a build means that building again would change nothing.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const outputs = `/bin/${process.argv[2]}/`;
const skipped = new Set([".git", ".dev", ".vs", ".idea", "node_modules", "obj", "TestResults", "Debug", "results"]);
const hash = createHash("sha256");

function visit(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) visit(path);
    } else if (`/${path}`.includes("/bin/")) {
      if (`/${path}`.includes(outputs) && entry.name.endsWith(".dll")) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}\0${size}\0${mtimeMs}\0`);
      }
    } else if (entry.isFile() && !entry.name.endsWith(".md")) {
      hash.update(`${path}\0`).update(readFileSync(path));
    }
  }
}

visit(".");
console.log(hash.digest("hex"));
