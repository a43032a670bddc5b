/** Every format that the door knows, in the order in which they are tried. */
import { cyclonedx } from "./cyclonedx/adapter.ts";
import type { Adapter } from "./evidence.ts";
import { kubernetes } from "./kubernetes/adapter.ts";

export const adapters: readonly Adapter[] = [cyclonedx, kubernetes];
