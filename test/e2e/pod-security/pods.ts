/** Random pods over every field that the Pod Security Standards look at: mostly hardened, with a few things changed. */
import fc from "fast-check";

type Json = Record<string, unknown>;

/** Mostly absent, so that pods are allowed often enough to say something. */
function seldom<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function mostly<T>(usual: T, other: fc.Arbitrary<T | undefined>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}

const profile = fc.record(
  { type: fc.constantFrom("RuntimeDefault", "Localhost", "Unconfined", "", "runtime/default") as fc.Arbitrary<string | undefined> },
  { requiredKeys: [] },
);
const hardProfile = { type: "RuntimeDefault" } as { type?: string };
const seLinux = fc.record(
  {
    type: fc.constantFrom("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
    user: fc.constantFrom("", "system_u"),
    role: fc.constantFrom("", "system_r"),
    level: fc.constantFrom("", "s0"),
  },
  { requiredKeys: [] },
);
const flag = fc.constantFrom(true, false, null);
const windows = fc.record({ hostProcess: flag, runAsUserName: fc.constant("a") }, { requiredKeys: [] });
const user = fc.constantFrom(0, 1, 1000);
const capability = fc.constantFrom("CHOWN", "NET_BIND_SERVICE", "NET_RAW", "SYS_ADMIN", "MKNOD", "ALL", "all", "SETPCAP");
const capabilities = fc.record(
  { add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

const sysctl = fc.constantFrom(
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_notsent_lowat",
  "kernel.msgmax",
);

const host = fc.constantFrom("", "10.0.0.1", "localhost");
const call = fc.record(
  { httpGet: fc.record({ host, port: fc.constantFrom(80, "http") }), tcpSocket: fc.record({ host, port: fc.constant(80) }) },
  { requiredKeys: [] },
);

const securityContext = fc.record({
  allowPrivilegeEscalation: mostly<boolean | null>(false, flag),
  appArmorProfile: seldom(profile),
  capabilities: mostly<Json | null>({ drop: ["ALL"] }, fc.oneof(capabilities, fc.constant(null))),
  privileged: seldom(flag),
  procMount: seldom(fc.constantFrom("Default", "Unmasked", "")),
  readOnlyRootFilesystem: seldom(flag),
  runAsNonRoot: mostly<boolean | null>(true, fc.option(flag, { nil: undefined })),
  runAsUser: seldom(user),
  seccompProfile: mostly<{ type?: string | undefined } | null>(hardProfile, fc.option(profile, { nil: undefined })),
  seLinuxOptions: seldom(seLinux),
  windowsOptions: seldom(windows),
});

function container(prefix: string): fc.Arbitrary<Json> {
  return fc
    .record({
      image: fc.constant("registry.example/app:1"),
      securityContext: fc.oneof<fc.MaybeWeightedArbitrary<unknown>[]>(
        { weight: 15, arbitrary: securityContext },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      ports: seldom(
        fc.array(fc.record({ containerPort: fc.constant(80), hostPort: fc.constantFrom(0, 80) }, { requiredKeys: ["containerPort"] }), {
          maxLength: 2,
        }),
      ),
      livenessProbe: seldom(call),
      readinessProbe: seldom(call),
      startupProbe: seldom(call),
      lifecycle: seldom(fc.record({ postStart: call, preStop: call }, { requiredKeys: [] })),
    })
    .map((fields) => ({ name: prefix, ...fields }));
}

/** Every source of a volume; the contents do not matter to the standard. */
const sources = [
  "hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs persistentVolumeClaim rbd flexVolume cinder",
  "cephfs flocker downwardAPI fc azureFile configMap vsphereVolume quobyte azureDisk photonPersistentDisk projected portworxVolume scaleIO",
  "storageos csi ephemeral image",
]
  .join(" ")
  .split(" ");
const harmless = fc.constantFrom(
  "emptyDir",
  "configMap",
  "secret",
  "projected",
  "csi",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "downwardAPI",
);
const volume = fc
  .tuple(
    fc.nat(99),
    fc.oneof({ weight: 5, arbitrary: fc.option(harmless, { nil: undefined }) }, { weight: 1, arbitrary: fc.constantFrom(...sources) }),
  )
  .map(([n, source]) => ({ name: `v${n}`, ...(source === undefined ? {} : { [source]: {} }) }));

const profileText = fc.constantFrom("runtime/default", "docker/default", "localhost/x", "localhost/", "localhost", "unconfined", "");
const annotations = fc.dictionary(
  fc.constantFrom(
    "container.apparmor.security.beta.kubernetes.io/app",
    "container.apparmor.security.beta.kubernetes.io/nobody",
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/app",
    "container.seccomp.security.alpha.kubernetes.io/setup",
    "container.seccomp.security.alpha.kubernetes.io/nobody",
    "note",
  ),
  profileText,
  { maxKeys: 2 },
);

const podSecurityContext = fc.record({
  appArmorProfile: seldom(profile),
  runAsNonRoot: seldom(flag),
  runAsUser: seldom(user),
  seccompProfile: seldom(profile),
  seLinuxOptions: seldom(seLinux),
  sysctls: seldom(fc.array(fc.record({ name: sysctl, value: fc.constant("1") }), { minLength: 1, maxLength: 2 })),
  windowsOptions: seldom(windows),
});

/** A pod as its author writes it, as JSON. Absent fields are left out. */
export const anyPod: fc.Arbitrary<Json> = fc
  .record({
    annotations: seldom(annotations),
    containers: fc.oneof(fc.tuple(container("app")), fc.tuple(container("app"), container("side"))),
    initContainers: seldom(fc.tuple(container("setup"))),
    ephemeralContainers: seldom(fc.tuple(container("debug"))),
    hostNetwork: seldom(flag),
    hostPID: seldom(flag),
    hostIPC: seldom(flag),
    hostUsers: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: flag }),
    os: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom({ name: "windows" }, { name: "linux" }, {}, null) },
    ),
    securityContext: fc.option(podSecurityContext, { nil: undefined }),
    volumes: seldom(fc.array(volume, { maxLength: 2 })),
  })
  .map(
    ({ annotations: notes, ...spec }) =>
      JSON.parse(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "pod", annotations: notes }, spec })) as Json,
  );
