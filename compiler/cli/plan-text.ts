/** The evidence plan for people and machines: what `waybill check --plan` prints. */
import { mostOf } from "../../engine/evidence/oci/fetch.ts";
import { mostRequests } from "../../engine/evidence/oci/plan.ts";
import { ociLimits } from "../../engine/evidence/oci/transport.ts";
import type { Program } from "../../language/core/ir.ts";
import { plural } from "../../language/diagnostics/render/wrap.ts";
import { evidencePlan, type KindPlan, type Need, vexNeeds } from "../analysis/plan.ts";

/** Requests to a registry for one image: as it should be, and whatever the registry answers. */
interface Requests {
  /** One platform, one envelope for each need. */
  readonly usual: number;
  /** No more than this leave: the fetcher counts (`mostRequests` of its limits). */
  readonly most: number;
}

function requestsOf(plan: KindPlan): Requests | undefined {
  const signed = plan.needs.filter((need) => need.trust !== undefined);
  if (signed.length === 0 || (plan.kind !== "image" && plan.kind !== "artifact")) return undefined;
  return { usual: mostRequests({ platforms: 0, referrers: signed.length }), most: mostOf(ociLimits) };
}

function needText(need: Need): string {
  const who = need.trust === undefined ? "claimed" : `by ${need.trust}`;
  return need.kind === "signature" ? `a signature ${who}` : `${need.type} ${who}`;
}

/** The plan in lines, without an end of line. */
export function planText(program: Program): string {
  const lines = ["evidence plan"];
  for (const plan of evidencePlan(program)) {
    lines.push(`  ${plan.kind} at ${plan.points === undefined ? "every point" : plan.points.join(", ")}`);
    for (const [i, need] of plan.needs.entries()) {
      lines.push(`    ${i + 1}. ${needText(need)}`);
      lines.push(`       for ${need.clauses.map((clause) => clause.name).join(", ")} (${need.effect})`);
    }
    if (plan.local.length > 0) lines.push(`    decided without any: ${plan.local.map((clause) => clause.name).join(", ")}`);
    const requests = requestsOf(plan);
    if (requests !== undefined)
      lines.push(
        `    ${plural(requests.usual, "request")} for an image of one platform with one envelope for each need; never more than ${requests.most} for an image`,
      );
  }
  for (const kind of [...new Set(program.vexes.map((vex) => vex.subject))].sort()) {
    const needs = vexNeeds(program, [kind]);
    lines.push(`  findings in ${kind}, for \`vex emit\`${needs.length === 0 ? ": nothing that somebody signed" : ""}`);
    for (const [i, need] of needs.entries())
      lines.push(`    ${i + 1}. ${needText(need)}`, `       for ${need.clauses.map((one) => one.name).join(", ")}`);
  }
  return lines.join("\n");
}

/** The plan as it stands under `plan` in `check --format json`. */
export function planJson(program: Program): readonly object[] {
  return evidencePlan(program).map((plan) => {
    const requests = requestsOf(plan);
    return {
      kind: plan.kind,
      points: plan.points ?? null,
      needs: plan.needs.map(({ kind, type, trust, clauses, effect }) => ({
        kind,
        type,
        trust: trust ?? null,
        clauses: clauses.map((clause) => clause.name),
        effect,
      })),
      local: plan.local.map((clause) => clause.name),
      ...(requests === undefined ? {} : { requests }),
    };
  });
}
