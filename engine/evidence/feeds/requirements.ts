/**
 * What exploits need: the system calls without which a vulnerability cannot be exploited, as somebody who looked found out
 * (`docs/schemas/exploit-requirements.schema.json`). No scanner and no database says so in a form that machines read, so
 * the format is Waybill's own. It is what `runtime.denies(finding.required_syscalls)` asks about.
 */
import { parseAdvisory } from "../../../language/domains/advisory.ts";
import { isSyscall } from "../../../language/domains/syscalls.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { object, objects, text, texts } from "../raw.ts";
import { feedDocument, feedEvidence, feedTime, type Requirement } from "./feed.ts";

export const exploitRequirements: Adapter = {
  format: "exploit-requirements",
  title: "exploit requirements (waybill/exploit-requirements/1)",
  detect(json) {
    return text(object(json)?.["schema"])?.startsWith("waybill/exploit-requirements/") === true;
  },
  schema: () => ({ kind: "schema", schema: "exploit-requirements" }),
  read(json, source) {
    const whole = object(json) ?? {};
    const requirements = objects(whole["requirements"]).map(
      (entry, index): Requirement => ({
        ids: [text(entry["vulnerability"]) ?? "", ...texts(entry["aliases"])].map(canonical),
        syscalls: texts(entry["syscalls"]),
        pointer: `${source.base}/requirements/${index}/syscalls`,
      }),
    );
    const strange = requirements.flatMap(({ syscalls, pointer }) =>
      syscalls.flatMap((name, index) => (isSyscall(name) ? [] : [{ name, pointer: `${pointer}/${index}` }])),
    );
    const document = feedDocument(source, "requirements", "exploit-requirements");
    const evidence = feedEvidence(
      { kind: "requirements", document, requirements },
      { author: text(whole["author"]), date: feedTime(text(whole["issued"])), entries: requirements.length },
      { requirements: requirements.length },
      source.base,
      { date: "/issued", entries: "/requirements" },
    );
    const [first] = strange;
    if (first === undefined) return { value: [evidence], diagnostics: [] };
    const names = [...new Set(strange.map(({ name }) => name))];
    const more = names.length > 5 ? ["…"] : [];
    return {
      value: [evidence],
      diagnostics: [
        fault("WB1299", { name: first.name, count: strange.length }, first.pointer, {
          notes: [`not known: ${[...names.slice(0, 5), ...more].join(", ")}`],
          help: "name it as the kernel does: `sendto`, not `send`; `newfstatat`, not `fstatat`",
        }),
      ],
    };
  },
};

function canonical(id: string): string {
  const parsed = parseAdvisory(id);
  return parsed.ok ? parsed.value : id;
}
