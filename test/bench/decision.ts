/**
 * One decision of a five-clause policy on a pod, against two CEL engines and `JSON.parse` of the pod: once with clauses
 * that need no regular expression, and once with two that have some, as people write them.
 *
 * What each engine is given is what it would have in a server: its program compiled once, the pod parsed. The CEL
 * expressions say what the clauses say, with the guards that CEL needs for fields that may be absent, and stop at the
 * first that fails, as Waybill does not. Before anything is measured the three decide many random pods alike.
 */
import { celEnv, parse as celParse, plan } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";
import { compileProgram, decide, type Request } from "../../engine/evaluate/evaluate.ts";
import { type Bar, inTurn, nanoseconds } from "./measure.ts";
import { anyPod, pod, sequence } from "./pods.ts";
import { compileFile, workloadOf } from "./project.ts";

interface Clauses {
  /** What the rows say of them. */
  readonly title: string;
  readonly policy: string;
  readonly cel: readonly string[];
}

const aboutContainers = [
  'object.spec.containers.all(c, c.image.startsWith("registry.acme.example/") && (c.image.contains("@sha256:") || (c.image.contains(":") && !c.image.endsWith(":latest"))))',
  "object.spec.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation && !(has(c.securityContext.privileged) && c.securityContext.privileged))",
  "object.spec.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsNonRoot) ? c.securityContext.runAsNonRoot : has(object.spec.securityContext) && has(object.spec.securityContext.runAsNonRoot) && object.spec.securityContext.runAsNonRoot)",
];
const withoutPatterns: Clauses = {
  title: "one decision",
  policy: "pod.scp",
  cel: [
    ...aboutContainers,
    '!object.spec.containers.exists(c, has(c.env) && c.env.exists(e, e.name in ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "NODE_OPTIONS"]))',
    '!object.spec.containers.exists(c, has(c.env) && c.env.exists(e, has(e.value) && e.value != "" && (e.name.endsWith("_PASSWORD") || e.name.endsWith("_TOKEN") || e.value.startsWith("AKIA"))))',
  ],
};
const withPatterns: Clauses = {
  title: "one decision, two clauses by regular expressions",
  policy: "pod-patterns.scp",
  cel: [
    ...aboutContainers,
    '!object.spec.containers.exists(c, has(c.env) && c.env.exists(e, e.name.matches("^(?:LD_[A-Z_]+|NODE_OPTIONS)$")))',
    '!object.spec.containers.exists(c, has(c.env) && c.env.exists(e, has(e.value) && e.value != "" && (e.name.matches("^(?:.*_(PASSWORD|TOKEN))$") || e.value.matches("^(?:AKIA[0-9A-Z]+)$"))))',
  ],
};

const agreeOn = 2000;

async function requestFor(text: string): Promise<Request> {
  return { subject: await workloadOf(text), point: "ci", now: 1.79e15, evidence: [], attested: [], failed: [] };
}

export async function decisionBars(): Promise<readonly Bar[]> {
  return [...(await barsOf(withPatterns)), ...(await barsOf(withoutPatterns))];
}

async function barsOf({ title, policy, cel }: Clauses): Promise<readonly Bar[]> {
  const compiled = compileProgram(compileFile(new URL(policy, import.meta.url)));
  const environment = new Environment().registerVariable("object", "dyn");
  const celJs = cel.map((source) => environment.parse(source));
  const env = celEnv();
  const bufbuild = cel.map((source) => plan(env, celParse(source)));

  const allowed = (request: Request): boolean => {
    const answer = decide(compiled, request);
    if (answer.kind === "refusal") throw new Error(`the benchmark's pod is refused: ${answer.refusal.code}`);
    return answer.decision.effect === "allow";
  };
  const byCelJs = (object: unknown): boolean => {
    for (const run of celJs) if (run({ object }) !== true) return false;
    return true;
  };
  const byBufbuild = (object: unknown): boolean => {
    for (const run of bufbuild) if (run({ object: object as never }) !== true) return false;
    return true;
  };

  const draw = sequence(17);
  let passes = 0;
  const texts = [pod(false), pod(true), ...Array.from({ length: agreeOn }, () => anyPod(draw))].map((one) => JSON.stringify(one));
  for (const text of texts) {
    const object: unknown = JSON.parse(text);
    const answers = [allowed(await requestFor(text)), byCelJs(object), byBufbuild(object)];
    if (new Set(answers).size !== 1) throw new Error(`the engines disagree (waybill, cel-js, bufbuild: ${answers.join(", ")}) on ${text}`);
    if (answers[0]) passes += 1;
  }
  const seen = `${texts.length} pods decided alike, ${passes} of them allowed`;
  if (passes < 100 || passes > texts.length - 100) throw new Error(`the pods do not tell the engines apart: ${seen}`);

  const [text = "", deniedText = ""] = texts;
  const passing = await requestFor(text);
  const denied = await requestFor(deniedText);
  const object: unknown = JSON.parse(text);
  const work = {
    waybill: () => decide(compiled, passing),
    celJs: () => byCelJs(object),
    bufbuild: () => byBufbuild(object),
    parse: () => JSON.parse(text),
    denied: () => decide(compiled, denied),
    explained: () => decide(compiled, denied, { explain: true }),
  };
  // Warm first; then many rounds that are shorter than what a busy machine gives to each at a time.
  inTurn(work, 1, 150);
  const ns = inTurn(work, 401, 1);
  const versus = (a: number, b: number): string => `${nanoseconds(a)} against ${nanoseconds(b)}`;
  return [
    {
      work: `${title}: times faster than @marcbachmann/cel-js`,
      ratio: ns.celJs / ns.waybill,
      direction: ">=",
      bar: 6,
      detail: `${versus(ns.waybill, ns.celJs)}; ${seen}`,
    },
    {
      work: `${title}: times faster than @bufbuild/cel`,
      ratio: ns.bufbuild / ns.waybill,
      direction: ">=",
      bar: 80,
      detail: versus(ns.waybill, ns.bufbuild),
    },
    {
      work: `${title} / JSON.parse of the pod`,
      ratio: ns.waybill / ns.parse,
      direction: "<=",
      bar: 0.4,
      detail: versus(ns.waybill, ns.parse),
    },
    {
      work: `${title}, denied, explained / not explained`,
      ratio: ns.explained / ns.denied,
      direction: "<=",
      bar: 3.5,
      detail: versus(ns.explained, ns.denied),
    },
  ];
}
