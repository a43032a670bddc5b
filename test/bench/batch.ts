/** `waybill eval --batch` over 100,000 pods, as a process, against parsing, validating and hashing the same lines. */
import { fileURLToPath } from "node:url";
import type { Bar } from "./measure.ts";
import { manifest, sequence } from "./pods.ts";
import { type Command, type Cost, costs, megabytes, runNode, seconds, type Workshop } from "./processes.ts";

const policies = {
  five: fileURLToPath(new URL("pod.scp", import.meta.url)),
  pack: fileURLToPath(new URL("../../policies/packs/pod-security", import.meta.url)),
};
const many = 100_000;
const few = 20_000;

/** No pod twice, so that nothing can be remembered of one for another. */
function requests(count: number): Buffer {
  const draw = sequence(99);
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    lines.push(JSON.stringify({ id: index, at: "ci", subject: { kind: "workload", object: manifest(draw, index) } }));
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

export function batchBars(workshop: Workshop, rounds = 3): readonly Bar[] {
  const lines = requests(many);
  const start = requests(few);
  const batch = (policy: string, stdin: Buffer): Command => ({
    words: [workshop.waybill, "eval", "--batch", "--effects-only", "--policy", policy, ...(policy === policies.pack ? settings : [])],
    stdin,
  });
  const account =
    (command: Command): (() => Cost) =>
    () =>
      runNode(command, workshop, true);
  const cost = costs(
    {
      floor: account({ words: [workshop.peer, "stream", "kubernetes-manifest"], stdin: lines }),
      five: account(batch(policies.five, lines)),
      pack: account(batch(policies.pack, lines)),
      few: account(batch(policies.five, start)),
    },
    rounds,
  );
  const spent = (of: Cost): string => `${seconds(of.cpu)} of processor (${seconds(of.wall)} passed)`;
  return [
    {
      work: "eval --batch of 100,000 pods, five clauses / parse + schema + SHA-256",
      ratio: cost.five.cpu / cost.floor.cpu,
      direction: "<=",
      bar: 2,
      detail: `${spent(cost.five)} against ${spent(cost.floor)}`,
    },
    {
      work: "the same with the pod-security pack, restricted",
      ratio: cost.pack.cpu / cost.floor.cpu,
      direction: "<=",
      bar: 2,
      detail: `${spent(cost.pack)} against ${spent(cost.floor)}`,
    },
    {
      work: "peak memory, 100,000 pods / 20,000 pods",
      ratio: cost.five.peak / cost.few.peak,
      direction: "<=",
      bar: 1.1,
      detail: `${megabytes(cost.five.peak)} against ${megabytes(cost.few.peak)}`,
    },
  ];
}

const settings = ["--set", "waybill.pod_security.level=restricted", "--set", "waybill.pod_security.version=v1.29"];
