// Makes one directory with what NuGet's ONNX Runtime packages would have brought: the managed assembly, the native libraries of one
// platform, the licences. Called by PackageSources.proj with --out DIR --rid RID --version V --flavor ''|cpu|gpu --dotnet PATH.
// The directory appears by one rename, complete; a lock keeps builds that run at the same time from doing the work twice.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const core = 'com.github.asus4.onnxruntime';
const extensions = 'com.github.asus4.onnxruntime-extensions';
const cuda = 'com.github.asus4.onnxruntime.linux-x64-gpu';
const node = 'onnxruntime-node';

// Sources below node_modules -> names under which the managed API looks for them. onnxruntime-node's library is preferred to the one
// beside the C# sources: it is the official build, has the CUDA entry points on linux-x64, and exists for linux-arm64. Its DirectML
// and WebGPU companions are loaded on demand only, and LegoNet never demands them.
const libraries = {
  'linux-x64': [
    [`${node}/bin/napi-v6/linux/x64/libonnxruntime.so.1`, 'libonnxruntime.so'],
    [`${core}/Plugins/Linux/x64/libonnxruntime_providers_shared.so`, 'libonnxruntime_providers_shared.so'],
    [`${extensions}/Plugins/Linux/x64/libortextensions.so`, 'libortextensions.so'],
  ],
  'linux-arm64': [
    [`${node}/bin/napi-v6/linux/arm64/libonnxruntime.so.1`, 'libonnxruntime.so'],
    [`${extensions}/Plugins/Linux/arm64/libortextensions.so`, 'libortextensions.so'],
  ],
  'osx-arm64': [
    [`${node}/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib`, 'libonnxruntime.dylib'],
    [`${extensions}/Plugins/macOS/arm64/libortextensions.dylib`, 'libortextensions.dylib'],
  ],
  'win-x64': [
    [`${node}/bin/napi-v6/win32/x64/onnxruntime.dll`, 'onnxruntime.dll'],
    [`${core}/Plugins/Windows/x64/onnxruntime_providers_shared.dll`, 'onnxruntime_providers_shared.dll'],
    [`${extensions}/Plugins/Windows/x64/ortextensions.dll`, 'ortextensions.dll'],
  ],
  'win-arm64': [
    [`${node}/bin/napi-v6/win32/arm64/onnxruntime.dll`, 'onnxruntime.dll'],
    [`${core}/Plugins/Windows/arm64/onnxruntime_providers_shared.dll`, 'onnxruntime_providers_shared.dll'],
    [`${extensions}/Plugins/Windows/arm64/ortextensions.dll`, 'ortextensions.dll'],
  ],
};
const cudaLibraries = [
  [`${cuda}/Plugins/Linux/x64/libonnxruntime_providers_cuda.so`, 'libonnxruntime_providers_cuda.so'],
];

class RestoreError extends Error {}

function readArguments() {
  const values = {};
  for (let i = 2; i + 1 < process.argv.length; i += 2) values[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
  for (const name of ['out', 'rid', 'version', 'flavor', 'dotnet'])
    if (values[name] === undefined) throw new RestoreError(`restore.mjs: --${name} is missing`);
  return values;
}

function run(what, command, args, options) {
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20, ...options });
  if (done.error) throw new RestoreError(`${what}: ${done.error.message}`);
  if (done.status !== 0) throw new RestoreError(`${what} ended with exit code ${done.status}: ${`${done.stdout}\n${done.stderr}`.trim()}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// The lock is a file created exclusively that names its process; a lock whose process has gone is stale.
function lock(file) {
  const deadline = Date.now() + 30 * 60 * 1000;
  for (;;) {
    try {
      fs.writeFileSync(file, `${process.pid}`, { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let owner = NaN;
    let age = 0;
    try {
      owner = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
      age = Date.now() - fs.statSync(file).mtimeMs;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      continue;
    }
    // An empty file is a lock just being written, unless it stays empty.
    if (Number.isNaN(owner) ? age > 10_000 : !isAlive(owner)) fs.rmSync(file, { force: true });
    else if (Date.now() > deadline) throw new RestoreError(`another build has held ${file} for half an hour`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
}

function makeDirectory(args, work) {
  const chosen = libraries[args.rid];
  if (chosen === undefined)
    throw new RestoreError(`the npm packages have no ONNX Runtime library for ${args.rid} (they have ${Object.keys(libraries).join(', ')})`);

  for (const file of ['package.json', 'package-lock.json']) fs.copyFileSync(path.join(here, file), path.join(work, file));
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
  install.push(args.flavor === 'gpu' ? '--include=optional' : '--omit=optional');
  // On Windows npm is a command script, which needs a shell.
  run('npm ci', 'npm', install, { cwd: work, shell: process.platform === 'win32' });

  const modules = path.join(work, 'node_modules');
  const version = JSON.parse(fs.readFileSync(path.join(modules, node, 'package.json'), 'utf8')).version;
  if (version !== args.version)
    throw new RestoreError(`package.json pins ONNX Runtime ${version}, Directory.Packages.props ${args.version}: they must be the same`);

  run('dotnet build Microsoft.ML.OnnxRuntime.csproj', args.dotnet, [
    'build', path.join(here, 'Microsoft.ML.OnnxRuntime.csproj'), '-c', 'Release', '-nologo', '-v:q', '-tl:off', '-clp:NoSummary', '-nodeReuse:false',
    `-p:LegoNetNpmWork=${work}`, `-p:LegoNetOnnxRuntimeVersion=${args.version}`,
  ], { cwd: work });

  const made = path.join(work, 'made');
  fs.mkdirSync(path.join(made, 'lib'), { recursive: true });
  fs.mkdirSync(path.join(made, 'native'));
  fs.mkdirSync(path.join(made, 'licenses'));
  for (const file of ['Microsoft.ML.OnnxRuntime.dll', 'Microsoft.ML.OnnxRuntime.xml'])
    fs.copyFileSync(path.join(work, 'bin', 'Release', 'net10.0', file), path.join(made, 'lib', file));
  for (const [from, to] of args.flavor === 'gpu' ? [...chosen, ...cudaLibraries] : chosen)
    fs.copyFileSync(path.join(modules, ...from.split('/')), path.join(made, 'native', to));
  for (const [from, to] of [[core, 'onnxruntime'], [extensions, 'onnxruntime-extensions']])
    for (const [file, kind] of [['LICENSE', 'LICENSE.txt'], ['ThirdPartyNotices.txt', 'ThirdPartyNotices.txt']])
      fs.copyFileSync(path.join(modules, from, file), path.join(made, 'licenses', `${to}.${kind}`));
  return made;
}

function main() {
  const args = readArguments();
  const parent = path.dirname(args.out);
  const lockFile = `${args.out}.lock`;
  fs.mkdirSync(parent, { recursive: true });
  lock(lockFile);
  const work = `${args.out}.work`;
  try {
    if (fs.existsSync(args.out)) return;
    // What an interrupted build left. Removed here, under the lock, so that it is nobody's.
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(work);
    fs.renameSync(makeDirectory(args, work), args.out);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
    fs.rmSync(lockFile, { force: true });
  }
}

try {
  main();
} catch (error) {
  console.log(error instanceof RestoreError ? error.message : error.stack);
  process.exitCode = 1;
}
