/** What `waybill new` writes. Each policy checks, passes its tests, and says something sensible on real documents. */

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  /** What to do with it, for people. */
  readonly next: (path: string) => string;
}

type Template = (module: string) => readonly TemplateFile[];

function policyFile(module: string, text: string, example: string): readonly TemplateFile[] {
  const path = `${module.split(".").at(-1) ?? module}.scp`;
  return [{ path, text, next: (at) => `waybill test ${at} && waybill gate --policy ${at} ${example}` }];
}

const image: Template = (module) =>
  policyFile(
    module,
    `module ${module}

/// Images that we run come from our registry and are pinned.
policy images for image {
  require ours: image.registry == "registry.acme.example"
    else "{image} is not from registry.acme.example"
  require pinned: known(image.digest) else "{image} has no digest: a tag can be moved"
}

test "an image of ours, pinned, passes" {
  given image { ref: "registry.acme.example/shop@sha256:*" }
  expect allow
}

test "an image from elsewhere is refused" {
  given image { ref: "docker.io/library/nginx@sha256:*" }
  expect deny by images.ours
}

test "an image by tag alone is refused" {
  given image { ref: "registry.acme.example/shop:1.4" }
  expect deny by images.pinned
}
`,
    "registry.acme.example/shop:1.4",
  );

const licences: Template = (module) =>
  policyFile(
    module,
    `module ${module}

import waybill.license, waybill.sbom

/// Nothing that we ship obliges us to publish our source.
policy licences for artifact at ci {
  // Most generators list everything and do not say so: \`closed\` is our word for it, and each decision prints it.
  let bom = closed(attestation sbom.Bom claimed)

  forbid copyleft: some c in bom.packages
      where license.obliges(c.license, ["GPL-2.0-only", "GPL-3.0-only", "AGPL-3.0-only"])
    else "{c.purl} is licensed {c.license}"
    on missing warn because "not every package declares a licence"
}

test "a package under the AGPL is refused" {
  given artifact { name: "shop" }
  given attestation sbom.Bom claimed {
    format:       "cyclonedx"
    spec_version: "1.6"
    components:   []
    packages:     [{ name: "x", purl: pkg:npm/x@1.0.0, license: "AGPL-3.0-only" }]
  }
  expect deny by licences.copyleft
}

test "a package under MIT passes" {
  given artifact { name: "shop" }
  given attestation sbom.Bom claimed {
    format:       "cyclonedx"
    spec_version: "1.6"
    components:   []
    packages:     [{ name: "x", purl: pkg:npm/x@1.0.0, license: "MIT" }]
  }
  expect allow
}

test "a package that states no licence is warned of" {
  given artifact { name: "shop" }
  given attestation sbom.Bom claimed {
    format:       "cyclonedx"
    spec_version: "1.6"
    components:   []
    packages:     [{ name: "x", purl: pkg:npm/x@1.0.0 }]
  }
  expect undecided missing by licences.copyleft
  expect warn
}
`,
    "--evidence sbom.json",
  );

const findings: Template = (module) =>
  policyFile(
    module,
    `module ${module}

import waybill.vuln

/// Nothing critical ships once there is a fixed version.
policy fixable for artifact at ci {
  let scan = attestation vuln.Scan claimed

  // A finding that no scanner gave a severity counts as critical: it may be.
  forbid critical: some f in scan.findings
      where (f.severity otherwise critical) == critical and known(f.first_fixed)
    else "{f.id}: upgrade to {f.first_fixed}"
}

test "a critical finding with a fix is refused" {
  given artifact { name: "shop" }
  given attestation vuln.Scan claimed {
    findings: [
      {
        id:          CVE-2024-21538
        severity:    critical
        first_fixed: "7.0.5"
        component:   { name: "cross-spawn", purl: pkg:npm/cross-spawn@7.0.3 }
      },
    ]
  }
  expect deny by fixable.critical
}

test "a critical finding without a fix passes" {
  given artifact { name: "shop" }
  given attestation vuln.Scan claimed {
    findings: [
      {
        id:        CVE-2024-21538
        severity:  critical
        component: { name: "cross-spawn", purl: pkg:npm/cross-spawn@7.0.3 }
      },
    ]
  }
  expect allow
}

test "a finding without a severity is refused if there is a fix" {
  given artifact { name: "shop" }
  given attestation vuln.Scan claimed {
    findings: [
      {
        id:          CVE-2024-21538
        first_fixed: "7.0.5"
        component:   { name: "cross-spawn", purl: pkg:npm/cross-spawn@7.0.3 }
      },
    ]
  }
  expect deny by fixable.critical
}

test "a high finding passes" {
  given artifact { name: "shop" }
  given attestation vuln.Scan claimed {
    findings: [
      {
        id:          CVE-2024-21538
        severity:    high
        first_fixed: "7.0.5"
        component:   { name: "cross-spawn", purl: pkg:npm/cross-spawn@7.0.3 }
      },
    ]
  }
  expect allow
}

test "without a report nothing passes" {
  given artifact { name: "shop" }
  expect undecided missing by fixable.critical
  expect deny
}
`,
    "--evidence scan.json",
  );

const pods: Template = (module) =>
  policyFile(
    module,
    `module ${module}

/// Workloads are unprivileged and run images of ours.
policy pods for workload {
  forbid privileged: some c in workload.containers where c.privileged else "{c.name} is privileged"
  require ours: every c in workload.containers: c.image.registry == "registry.acme.example"
    else "{c.image} is not ours"
}

test "a privileged container is refused" {
  given workload {
    apiVersion: "v1"
    kind:       "Pod"
    name:       "shop"
    containers: [{ name: "web", image: "registry.acme.example/shop:1", privileged: true }]
  }
  expect deny by pods.privileged
}

test "an image from elsewhere is refused" {
  given workload {
    apiVersion: "v1"
    kind:       "Pod"
    name:       "shop"
    containers: [{ name: "web", image: "docker.io/library/nginx:1" }]
  }
  expect deny by pods.ours
}

test "an unprivileged workload of ours passes" {
  given workload {
    apiVersion: "v1"
    kind:       "Pod"
    name:       "shop"
    containers: [{ name: "web", image: "registry.acme.example/shop:1" }]
  }
  expect allow
}
`,
    "--subject deployment.yaml",
  );

/** Actions stand by major version here; pin them by digest as your other workflows do. */
const workflow: Template = () => [
  {
    path: ".github/workflows/waybill.yml",
    text: `name: waybill
on: [push, pull_request]
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npm ci
      - run: npx waybill check --format github policies
      - run: npx waybill test policies
      - run: npm sbom --sbom-format cyclonedx > sbom.json
      - run: npx waybill gate --policy policies --evidence sbom.json --format markdown >> "$GITHUB_STEP_SUMMARY"
`,
    next: (at) => `put policies under policies/, then commit ${at}`,
  },
];

export const templates: Readonly<Record<string, Template>> = { policy: image, licences, findings, pods, workflow };
