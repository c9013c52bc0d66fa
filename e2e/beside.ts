import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tied } from './processes.mjs';
import { end, type Beside } from './stack';

/** Real servers of metrics and traces. */
export interface RunningBeside extends Beside {
  stop(): Promise<void>;
}

/** Starts Prometheus, which keeps exemplars, and Zipkin, on free ports with folders of their own. */
export async function startBeside(prometheusProgram: string, zipkinJar: string): Promise<RunningBeside> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fireline-beside-'));
  const scrapeTargets = path.join(folder, 'targets');
  mkdirSync(scrapeTargets);
  const config = path.join(folder, 'prometheus.yml');
  const targets = JSON.stringify(`${scrapeTargets}/*.json`);
  writeFileSync(
    config,
    `global: { scrape_interval: 2s }\nscrape_configs: [{ job_name: demo, file_sd_configs: [{ files: [${targets}], refresh_interval: 1s }] }]\n`
  );
  const [prometheusPort, zipkinPort] = [await freePort(), await freePort()];
  const prometheus = spawn(
    ...tied(prometheusProgram, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ]),
    { stdio: ['ignore', 'ignore', 'inherit'] }
  );
  const listen = { port: zipkinPort, ip: '127.0.0.1', 'protocols[0]': 'http' };
  const listens = Object.entries(listen).map(([name, value]) => `--armeria.ports[0].${name}=${value}`);
  const jar = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-jar', zipkinJar, '--logging.level.root=ERROR', ...listens];
  const zipkin = spawn(...tied('java', jar), {
    cwd: folder,
    env: { ...process.env, STORAGE_TYPE: 'mem' },
    stdio: 'ignore',
  });
  const stop = async () => {
    await Promise.all([end(prometheus), end(zipkin)]);
    rmSync(folder, { recursive: true, force: true });
  };
  const [prometheusUrl, zipkinUrl] = [`http://127.0.0.1:${prometheusPort}`, `http://127.0.0.1:${zipkinPort}`];
  try {
    await Promise.all([answers(`${prometheusUrl}/-/ready`), answers(`${zipkinUrl}/api/v2/services`)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheus: prometheusUrl, zipkin: zipkinUrl, loki: process.env.FIRELINE_LOKI, scrapeTargets, stop };
}

async function answers(url: string) {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`nothing answers at ${url} within 120 s`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
