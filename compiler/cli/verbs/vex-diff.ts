/** `waybill vex diff`: what one VEX document says otherwise than another, in whatever formats they are. */
import { visible } from "../../../language/diagnostics/render/untrusted.ts";
import { differenceOf, type VexChange } from "../../targets/vex/difference.ts";
import type { Call } from "../cli.ts";
import { type Options, text } from "../options.ts";
import { exit } from "../shell/exit.ts";
import { readVexFile } from "../vex-files.ts";

/** Exit code 0 where they say the same, 1 where they do not, 3 where one is refused. */
export async function vexDiff(call: Call, before: string, after: string, options: Options): Promise<number> {
  const old = await readVexFile(before, call.terminal);
  const now = await readVexFile(after, call.terminal);
  const changes = differenceOf(old.document, now.document);
  if (text(options, "format") === "json") await call.terminal.out(jsonOf(call, old.name, now.name, changes));
  else await call.terminal.out(textOf(changes));
  return changes.length === 0 ? exit.done : exit.no;
}

const signs = { added: "+", retracted: "-", changed: "~" } as const;

function textOf(changes: readonly VexChange[]): string {
  if (changes.length === 0) return "they say the same\n";
  const lines = changes.flatMap((change) => [
    `${signs[change.kind]} ${change.vulnerability} ${change.product}: ${change.kind === "changed" ? changed(change) : `${change.kind}, ${change.status}`}`,
  ]);
  const count = (kind: VexChange["kind"]): number => changes.filter((change) => change.kind === kind).length;
  const summary = `${count("changed")} changed, ${count("added")} added, ${count("retracted")} retracted`;
  return `${[...lines, summary].map((line) => visible(line)).join("\n")}\n`;
}

function changed({ changes }: Extract<VexChange, { readonly kind: "changed" }>): string {
  const [status] = changes.filter(({ field }) => field === "status");
  const rest = changes.filter(({ field }) => field !== "status");
  const said = [
    ...(status === undefined ? [] : [`${status.before} -> ${status.after}`]),
    ...rest.map(({ field, before, after }) => `${field} ${quoted(before)} -> ${quoted(after)}`),
  ];
  return said.join("; ");
}

function quoted(value: string | undefined): string {
  return value === undefined ? "none" : JSON.stringify(value);
}

/** `docs/schemas/vex-diff.schema.json` */
function jsonOf(call: Call, before: string, after: string, changes: readonly VexChange[]): string {
  const document = {
    schema: "waybill/vex-diff/1",
    tool: { name: "waybill", version: call.version },
    before,
    after,
    same: changes.length === 0,
    changes: changes.map((change) =>
      change.kind === "changed"
        ? {
            ...change,
            changes: change.changes.map(({ field, before, after }) => ({ field, before: before ?? null, after: after ?? null })),
          }
        : change,
    ),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
