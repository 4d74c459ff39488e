// Runs first in every npm script, on whatever Node is there, and says what to do where it is too old.
// `npm ci` brings Node 24 for Linux as an optional dependency; elsewhere it is the person's own.
const REQUIRED_MAJOR = 24;

const major = Number(process.versions.node.split(".")[0]);
if (major < REQUIRED_MAJOR) {
  console.error(
    `Switchyard needs Node ${REQUIRED_MAJOR} or later; this is ${process.version} on ${process.platform}-${process.arch}. ` +
      `On Linux (x64, arm64) 'npm ci' brings it, unless optional dependencies are left out; elsewhere install it from https://nodejs.org.`,
  );
  process.exit(1);
}
