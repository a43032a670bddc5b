/** `waybill gate` on a large product, as a process, against reading, parsing, validating and hashing the same files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sbomOf, scanOf, vexOf } from "./documents.ts";
import type { Bar } from "./measure.ts";
import { type Command, type Cost, costs, megabytes, runNode, seconds, type Workshop } from "./processes.ts";

const size = { components: 50_000, findings: 20_000, statements: 15_000 };
const policy = fileURLToPath(new URL("gate.scp", import.meta.url));
const schemas = ["cyclonedx-1.6", "grype-report", "openvex-0.2.0"];

function written(workshop: Workshop, components: number): readonly string[] {
  const folder = join(workshop.folder, `product-${components}`);
  mkdirSync(folder);
  const documents = [sbomOf(components), scanOf(size.findings, components), vexOf(size.statements, size.findings, components)];
  return documents.map((text, index) => {
    const path = join(folder, ["sbom.json", "scan.json", "vex.json"][index] ?? "");
    writeFileSync(path, text);
    return path;
  });
}

export function gateBars(workshop: Workshop, rounds = 3): readonly Bar[] {
  const files = written(workshop, size.components);
  const twice = written(workshop, 2 * size.components);
  // The gate denies: some findings are fixable and no statement is about them.
  const gate = (evidence: readonly string[]): Command => ({
    words: [workshop.waybill, "gate", "-p", policy, "-e", ...evidence],
    codes: [1],
  });
  const account =
    (command: Command): (() => Cost) =>
    () =>
      runNode(command, workshop, true);
  const cost = costs(
    {
      floor: account({ words: [workshop.peer, "floor", ...files.map((path, index) => `${path}=${schemas[index]}`)] }),
      gate: account(gate(files)),
      parse: account({ words: [workshop.peer, "parse", ...files] }),
      idle: account({ words: [workshop.peer, "idle"] }),
      twice: account(gate(twice)),
    },
    rounds,
  );
  const held = (of: Cost): number => of.peak - cost.idle.peak;
  const spent = (of: Cost): string => `${seconds(of.cpu)} of processor (${seconds(of.wall)} passed)`;
  return [
    {
      work: "gate of 50,000 components, 20,000 findings, 15,000 VEX statements / parse + schema + SHA-256",
      ratio: cost.gate.cpu / cost.floor.cpu,
      direction: "<=",
      bar: 2,
      detail: `${spent(cost.gate)} against ${spent(cost.floor)}`,
    },
    {
      work: "its peak memory over an idle Node / parsing alone",
      ratio: held(cost.gate) / held(cost.parse),
      direction: "<=",
      bar: 3,
      detail: `${megabytes(held(cost.gate))} against ${megabytes(held(cost.parse))}`,
    },
    {
      work: "twice the components / once",
      ratio: cost.twice.cpu / cost.gate.cpu,
      direction: "<=",
      bar: 2.3,
      detail: `${spent(cost.twice)} against ${spent(cost.gate)}`,
    },
  ];
}
