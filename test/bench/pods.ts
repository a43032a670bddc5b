/** Pods for benchmarks: one to measure, and many that differ in everything that the five clauses look at. */

export interface PodShape {
  readonly containers: number;
  readonly variables: number;
}

/** A pod that passes, or one that is denied by its last container. */
export function pod(denied: boolean, { containers, variables }: PodShape = { containers: 3, variables: 5 }): object {
  const container = (index: number): object => ({
    name: `c${index}`,
    image: `registry.acme.example/shop/part${index}:1.${index}`,
    securityContext: { allowPrivilegeEscalation: false, ...(denied && index === containers - 1 ? { privileged: true } : {}) },
    env: Array.from({ length: variables }, (_, variable) => ({ name: `VARIABLE_${variable}`, value: `value ${variable}` })),
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "shop", namespace: "prod", labels: { app: "shop" } },
    spec: { securityContext: { runAsNonRoot: true }, containers: Array.from({ length: containers }, (_, index) => container(index)) },
  };
}

/** The same numbers in the same order for every run. */
export function sequence(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

const images = [
  "registry.acme.example/a:1",
  "registry.acme.example/a:latest",
  "registry.acme.example/a",
  "nginx:1.27",
  "other.example/a:2",
];
const digest = `sha256:${"0a".repeat(32)}`;

/** Any pod whose image references can be read; CEL has no word for those that cannot. */
export function anyPod(draw: (below: number) => number): object {
  const flag = (): object => (draw(3) === 0 ? {} : { value: draw(4) !== 0 });
  const named = (name: string): object => {
    const drawn = flag() as { readonly value?: boolean };
    return drawn.value === undefined ? {} : { [name]: drawn.value };
  };
  const variable = (): object => ({
    name: ["HOME", "LD_PRELOAD", "DB_PASSWORD", "_TOKEN", "TOKEN", "KEY", "PATH", "LANG"][draw(16)] ?? "MODE",
    ...(draw(3) === 0 ? {} : { value: ["", "x", "AKIA123", "xAKIA"][draw(12)] ?? "plain" }),
  });
  const privileged = (): object => (draw(12) === 0 ? { privileged: draw(2) === 0 } : {});
  const container = (_: unknown, index: number): object => ({
    name: `c${index}`,
    image: `${images[draw(20)] ?? "registry.acme.example/shop/web:3"}${draw(8) === 0 ? `@${digest}` : ""}`,
    ...(draw(10) === 0
      ? {}
      : {
          securityContext: {
            ...(draw(8) === 0 ? named("allowPrivilegeEscalation") : { allowPrivilegeEscalation: false }),
            ...privileged(),
            ...named("runAsNonRoot"),
          },
        }),
    ...(draw(5) === 0 ? {} : { env: Array.from({ length: draw(4) }, variable) }),
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "any" },
    spec: {
      ...(draw(4) === 0 ? {} : { securityContext: draw(6) === 0 ? named("runAsNonRoot") : { runAsNonRoot: true } }),
      containers: Array.from({ length: 1 + draw(3) }, container),
    },
  };
}

/** A pod as manifests have it: three containers with five variables, resources, ports and mounts; some break a rule. */
export function manifest(draw: (below: number) => number, index: number): object {
  const container = (position: number): object => ({
    name: `part-${position}`,
    image: `${draw(50) === 0 ? "other" : "registry.acme"}.example/shop/part${draw(200)}:${1 + draw(9)}.${draw(30)}`,
    args: ["--listen", `:${8080 + position}`],
    ports: [{ name: "http", containerPort: 8080 + position, protocol: "TCP" }],
    env: Array.from({ length: 5 }, (_, variable) => ({ name: `VARIABLE_${variable}`, value: `value ${draw(1000)}` })),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: `${1 + draw(4)}`, memory: "512Mi" } },
    securityContext: {
      allowPrivilegeEscalation: draw(60) === 0,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
    livenessProbe: { httpGet: { path: "/healthz", port: 8080 + position }, periodSeconds: 10 },
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `shop-${index}`,
      namespace: "prod",
      labels: { app: "shop", "app.kubernetes.io/part-of": "store", tier: `${draw(4)}` },
      annotations: { "acme.example/owner": "team-shop" },
    },
    spec: {
      serviceAccountName: "shop",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000 + draw(100), fsGroup: 2000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [container(0), container(1), container(2)],
      volumes: [{ name: "data", emptyDir: {} }],
    },
  };
}
