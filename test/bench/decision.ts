/** One decision of a five-clause policy on a pod, against two CEL engines and `JSON.parse` of the pod. */
import { parse as celParse, plan, celEnv } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";
import { decide, compileProgram, type Request } from "../../engine/evaluate/evaluate.ts";
import { type Bar, inTurn, nanoseconds } from "./measure.ts";
import { compileFile, workloadOf } from "./project.ts";

function pod(privileged: boolean): string {
  const container = (index: number): object => ({
    name: `c${index}`,
    image: `registry.acme.example/shop/part${index}:1.${index}`,
    securityContext: { runAsUser: 1000 + index, privileged: privileged && index === 2 },
    env: Array.from({ length: 5 }, (_, variable) => ({ name: `VARIABLE_${variable}`, value: `value ${variable}` })),
  });
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "shop", namespace: "prod" },
    spec: { hostNetwork: false, containers: [container(0), container(1), container(2)] },
  });
}

/** The same five clauses; `has()` guards say what Waybill's field modes say. */
const cel = [
  "!object.spec.containers.exists(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)",
  "!has(object.spec.hostNetwork) || !object.spec.hostNetwork",
  'object.spec.containers.all(c, c.image.startsWith("registry.acme.example/"))',
  "object.spec.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsUser) && c.securityContext.runAsUser >= 1000)",
  '!object.spec.containers.exists(c, has(c.env) && c.env.exists(e, e.name == "AWS_SECRET_ACCESS_KEY"))',
];

/** Integers of JSON are doubles to a CEL engine that is handed plain objects; both engines want bigint for `int`. */
function celObject(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (typeof value === "number" ? BigInt(value) : value));
}

export async function decisionBars(): Promise<readonly Bar[]> {
  const program = compileFile(new URL("pod.scp", import.meta.url));
  const compiled = compileProgram(program);
  const text = pod(false);
  const request = async (source: string): Promise<Request> => ({ subject: await workloadOf(source), point: "ci", now: 1.79e15, evidence: [], attested: [], failed: [] });
  const passing = await request(text);
  const denied = await request(pod(true));
  const object = celObject(text);

  const environment = new Environment().registerVariable("object", "dyn");
  const celJs = cel.map((source) => environment.parse(source));
  const env = celEnv();
  const bufbuild = cel.map((source) => plan(env, celParse(source)));
  const runCelJs = (): boolean => celJs.every((run) => run({ object }) === true);
  const runBufbuild = (): boolean => bufbuild.every((run) => run({ object: object as never }) === true);

  const effect = (of: Request): string => {
    const answer = decide(compiled, of);
    return answer.kind === "decision" ? answer.decision.effect : answer.refusal.code;
  };
  if (effect(passing) !== "allow" || effect(denied) !== "deny") throw new Error(`the benchmark's own pods are decided wrongly: ${effect(passing)}, ${effect(denied)}`);
  if (!runCelJs() || !runBufbuild()) throw new Error("a peer decides the benchmark's pod differently");

  const ns = inTurn({
    waybill: () => decide(compiled, passing),
    celJs: runCelJs,
    bufbuild: runBufbuild,
    parse: () => JSON.parse(text),
    denied: () => decide(compiled, denied),
    explained: () => decide(compiled, denied, { explain: true }),
  });
  const versus = (a: number, b: number): string => `${nanoseconds(a)} against ${nanoseconds(b)}`;
  return [
    { work: "one decision: times faster than @marcbachmann/cel-js", ratio: ns.celJs / ns.waybill, direction: ">=", bar: 6, detail: versus(ns.waybill, ns.celJs) },
    { work: "one decision: times faster than @bufbuild/cel", ratio: ns.bufbuild / ns.waybill, direction: ">=", bar: 80, detail: versus(ns.waybill, ns.bufbuild) },
    { work: "one decision / JSON.parse of the pod", ratio: ns.waybill / ns.parse, direction: "<=", bar: 0.4, detail: versus(ns.waybill, ns.parse) },
    { work: "a denied pod explained / not explained", ratio: ns.explained / ns.denied, direction: "<=", bar: 3.5, detail: versus(ns.explained, ns.denied) },
  ];
}

