/** How the benchmarks measure: alternating runs in one process, medians, ratios. */

export interface Bar {
  /** What was measured. */
  readonly work: string;
  /** Measured value over the peer's or the limit's. */
  readonly ratio: number;
  /** `<=` the ratio must not be above `bar`; `>=` not below. */
  readonly direction: "<=" | ">=";
  readonly bar: number;
  /** The two figures, for people. */
  readonly detail: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Nanoseconds a call: the median of `rounds` rounds of about `milliseconds` each. */
export function perCall(work: () => unknown, milliseconds: number): number {
  let calls = 1;
  for (;;) {
    const elapsed = time(work, calls);
    if (elapsed >= milliseconds) return (elapsed * 1e6) / calls;
    calls = Math.max(calls + 1, Math.ceil(elapsed > 0.05 ? (calls * milliseconds * 1.1) / elapsed : calls * 10));
  }
}

let sink: unknown;

function time(work: () => unknown, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) sink = work();
  return performance.now() - start;
}

/** Keeps results alive, so that nothing measured is dead code. */
export function used(): unknown {
  return sink;
}

/** Measures several things in turn, A B C A B C …, so that they share the machine's moods; median nanoseconds of each. */
export function inTurn<K extends string>(
  work: Readonly<Record<K, () => unknown>>,
  rounds = 9,
  milliseconds = 60,
): Readonly<Record<K, number>> {
  const names = Object.keys(work) as K[];
  for (const name of names) perCall(work[name], milliseconds);
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round += 1) for (const name of names) samples[name].push(perCall(work[name], milliseconds));
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as Record<K, number>;
}

export function nanoseconds(value: number): string {
  if (value < 1e4) return `${value.toFixed(0)} ns`;
  if (value < 1e7) return `${(value / 1e3).toFixed(1)} µs`;
  return value < 1e10 ? `${(value / 1e6).toFixed(1)} ms` : `${(value / 1e9).toFixed(2)} s`;
}
