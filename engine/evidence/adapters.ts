/** Every format that the door knows, in the order in which they are tried. */
import { cyclonedx } from "./cyclonedx/adapter.ts";
import type { Adapter } from "./evidence.ts";
import { grype } from "./grype/adapter.ts";
import { kubernetes } from "./kubernetes/adapter.ts";
import { openvex } from "./openvex/adapter.ts";
import { osvScanner } from "./osv-scanner/adapter.ts";
import { sarif } from "./sarif/adapter.ts";
import { spdx } from "./spdx/adapter.ts";
import { trivy } from "./trivy/adapter.ts";

export const adapters: readonly Adapter[] = [cyclonedx, spdx, kubernetes, openvex, trivy, grype, osvScanner, sarif];
