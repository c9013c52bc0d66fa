import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childrenOf, tied } from './processes.mjs';

const root = path.resolve(__dirname, '..');

/** A server with the demo program behind it: real processes, real profiles. */
export interface Stack {
  url: string;
  /** Ends the plugin's process without asking it. Returns how many there were. */
  killPlugin(): number;
  stop(): Promise<void>;
}

/** A server to which nothing was pushed. */
export interface EmptyStack extends Stack {
  /** Starts the demo program, which pushes profiles. */
  startDemo(): void;
}

/** Servers of metrics, traces and logs beside Fireline. */
export interface Beside {
  prometheus: string;
  zipkin: string;
  loki?: string;
  /** The folder that Prometheus reads its targets from. */
  scrapeTargets: string;
}

/** Starts `fireline serve`, and the demo program that pushes profiles to it. */
export async function startStack(programs: string, basePath = '/', beside?: Beside, dist = 'dist'): Promise<Stack> {
  const stack = await startEmptyStack(programs, basePath, beside, dist);
  stack.startDemo();
  await profilesArrived(stack.url);
  return stack;
}

/** Starts `fireline serve`. */
export async function startEmptyStack(programs: string, basePath = '/', beside?: Beside, dist = 'dist'): Promise<EmptyStack> {
  const data = mkdtempSync(path.join(tmpdir(), 'fireline-e2e-'));
  const server = spawn(
    ...tied(path.join(programs, 'fireline'), [
      ...['serve', '--listen', '127.0.0.1:0', '--data', data, '--dist', path.join(root, dist), '--base-path', basePath],
      ...['--prometheus', beside?.prometheus ?? 'none', '--zipkin', beside?.zipkin ?? 'none', '--loki', beside?.loki ?? 'none'],
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const url = await firstUrl(server);
  const logs = beside?.loki ? ['--loki', beside.loki] : [];
  const emits = beside ? ['--zipkin', beside.zipkin, ...logs, '--scrape-targets', beside.scrapeTargets] : [];
  let demo: ChildProcess | undefined;
  return {
    url,
    startDemo: () => {
      const program = path.join(programs, 'fireline-demo');
      demo = spawn(...tied(program, ['--server', url.replace(/\/$/, ''), ...emits]), { stdio: 'ignore' });
    },
    killPlugin: () => killChildren(server.pid, 'gpx_fireline'),
    stop: async () => {
      await (demo && end(demo));
      await end(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Waits for the first profiles: the demo program uploads every few seconds. */
async function profilesArrived(url: string) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const range = `start=${Date.now() - 900_000}&end=${Date.now()}`;
    const answer = await fetch(`${url}api/datasources/uid/fireline/resources/startingPoint?${range}`).catch(() => undefined);
    const found = answer?.ok ? ((await answer.json()) as { service?: string }) : {};
    if (found.service) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('the demo program sent no profiles within 60 s');
}

/** Kills those children of a process that run a program whose name begins so. Returns how many. */
export function killChildren(parent: number | undefined, name: string): number {
  const children = childrenOf(parent ?? 0, name);
  children.forEach((pid) => process.kill(pid, 'SIGKILL'));
  return children.length;
}

function firstUrl(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout?.on('data', (chunk) => {
      output += chunk;
      const url = /http:\/\/\S+/.exec(output)?.[0];
      if (url) {
        resolve(url.endsWith('/') ? url : `${url}/`);
      }
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`fireline serve ended with ${code}: ${output}`)));
  });
}

export function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  });
}
