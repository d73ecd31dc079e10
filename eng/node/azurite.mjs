// Starts Azurite with this command line and ends it with its parent: when the standard input closes, the emulator saves and stops.
// So a test host or a script that is killed outright leaves nothing behind.
import { createRequire } from "node:module";

const longestFarewell = 3000;

process.stdin.resume();
process.stdin.on("error", stop);
process.stdin.on("end", stop);

function stop() {
  if (!process.emit("SIGTERM")) process.exit(0);
  setTimeout(() => process.exit(0), longestFarewell).unref();
}

createRequire(import.meta.url)("azurite/dist/src/azurite.js");
