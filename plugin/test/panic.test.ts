import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, failureText, release } from '../src/wasm/panic';

const healthy = { hasPanicked: () => false };
const panicked = { hasPanicked: () => true };
/** Handles of wasm-bindgen throw so when a panic left them borrowed. */
const borrowed = () => {
  throw new Error('attempt to take ownership of Rust value while it was borrowed');
};

test('after a panic nothing of Rust is called or freed', () => {
  let calls = 0;
  const made = { free: () => void (calls += 1) };
  release(panicked, made);
  assert.match(attempt(panicked, () => (calls += 1)).failure ?? '', /^Fireline met a fault of its own/);
  assert.equal(calls, 0);
  release(panicked, { free: borrowed });
  release(healthy, made);
  release(healthy, undefined);
  assert.equal(calls, 1);
});

test('a call that fails gives its reason and does not throw', () => {
  assert.deepEqual(attempt(healthy, () => 7), { value: 7 });
  assert.match(attempt(healthy, borrowed).failure ?? '', /^attempt to take ownership/);
  assert.equal(failureText(healthy, 'text'), 'text');
});

test('a call that panics says so, and not what the browser says of it', () => {
  let has = false;
  const outcome = attempt({ hasPanicked: () => has }, () => {
    has = true;
    throw new WebAssembly.RuntimeError('unreachable');
  });
  assert.match(outcome.failure ?? '', /^Fireline met a fault of its own/);
});
