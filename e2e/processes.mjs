// The processes that a process started, without any program that may be missing on a Linux system.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The living children of a process that run a program whose name begins so.
 * @param {number} parent
 * @param {string} name at most 15 characters: Linux keeps no more
 * @returns {number[]} their ids
 */
export function childrenOf(parent, name) {
  const processes = process.platform === 'linux' ? fromProc() : fromPs();
  return processes
    .filter((one) => one.parent === parent && one.state !== 'Z' && one.command.startsWith(name))
    .map(({ pid }) => pid);
}

/**
 * A program, and what to call it with, so that Linux ends it when this process is gone: a test run that is killed
 * cleans up nothing itself. Elsewhere they are as they were.
 * @param {string} program
 * @param {string[]} parameters
 * @returns {[string, string[]]}
 */
export function tied(program, parameters) {
  const setpriv = '/usr/bin/setpriv';
  const isThere = process.platform === 'linux' && existsSync(setpriv);
  return isThere ? [setpriv, ['--pdeathsig', 'TERM', program, ...parameters]] : [program, parameters];
}

function fromProc() {
  const ids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return ids.flatMap((id) => {
    try {
      return parseStat(readFileSync(`/proc/${id}/stat`, 'utf8'));
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

/** The name stands in brackets and may hold brackets and spaces itself. */
function parseStat(stat) {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const [state, parent] = stat.slice(close + 2).split(' ');
  return [{ pid: Number.parseInt(stat, 10), parent: Number(parent), state, command: stat.slice(open + 1, close) }];
}

function fromPs() {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').map((line) => {
    const [pid, parent, state, ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state: (state ?? '')[0], command: path.basename(command.join(' ')) };
  });
}
