/**
 * `https://in-toto.io/attestation/runtime-trace/v0.1` and v0.2 (in-toto attestation framework, "Runtime Trace") as
 * `waybill.intoto.RuntimeTrace`. What a monitor did not record is missing and not empty: a trace without `network` does
 * not say that there was none.
 */
import { type DataRecord, origin } from "../../../language/core/data.ts";
import type { Adapter } from "../evidence.ts";
import { object, objects, text, texts } from "../raw.ts";
import { predicateAdapter, type Reading, resource, resources, texted } from "./predicate.ts";

export const runtimeTrace: Adapter = predicateAdapter({
  format: "in-toto-runtime-trace",
  title: "in-toto runtime trace v0.1 and v0.2",
  schema: "in-toto-runtime-trace-0.1",
  type: "waybill.intoto.RuntimeTrace",
  fields: {
    monitor: "/monitor/type",
    configuration: "/monitor/configSource",
    policy: "/monitor/tracePolicy",
    host: "/monitoredProcess/hostID",
    process_type: "/monitoredProcess/type",
    event: "/monitoredProcess/event",
    processes: "/monitorLog/process",
    network: "/monitorLog/network",
    files: "/monitorLog/fileAccess",
    started_on: "/metadata/buildStartedOn",
    finished_on: "/metadata/buildFinishedOn",
  },
  read: (reading) => {
    const { predicate, document, base } = reading;
    const monitor = object(predicate["monitor"]);
    const monitored = object(predicate["monitoredProcess"]);
    const log = object(predicate["monitorLog"]);
    const metadata = object(predicate["metadata"]);
    const files = log?.["fileAccess"];
    return {
      monitor: text(monitor?.["type"]),
      configuration: resource(monitor?.["configSource"], document, `${base}/monitor/configSource`),
      policy: texted(monitor?.["tracePolicy"]),
      host: text(monitored?.["hostID"]),
      process_type: text(monitored?.["type"]),
      event: text(monitored?.["event"]),
      processes: Array.isArray(log?.["process"]) ? processes(log["process"], reading) : undefined,
      network: Array.isArray(log?.["network"]) ? connections(log["network"], reading) : undefined,
      files: Array.isArray(files) ? resources(files, document, `${base}/monitorLog/fileAccess`) : undefined,
      started_on: text(metadata?.["buildStartedOn"]),
      finished_on: text(metadata?.["buildFinishedOn"]),
    };
  },
});

/** The names are the monitor's; `processBinary` and `arguments` are what Tetragon, the example of the specification, writes. */
function processes(list: unknown, { document, base }: Reading): readonly DataRecord[] {
  return objects(list).map((process, index) => ({
    binary: text(process["processBinary"]) ?? text(process["binary"]),
    arguments: texts(process["arguments"]),
    fields: texted(process),
    [origin]: { document, pointer: `${base}/monitorLog/process/${index}`, fields: { binary: "/processBinary", fields: "" } },
  }));
}

function connections(list: unknown, { document, base }: Reading): readonly DataRecord[] {
  return objects(list).map((connection, index) => ({
    ip: text(connection["ip"]),
    hostname: text(connection["hostname"]),
    port: typeof connection["port"] === "number" ? connection["port"] : undefined,
    protocol: text(connection["protocol"]),
    fields: texted(connection),
    [origin]: { document, pointer: `${base}/monitorLog/network/${index}`, fields: { fields: "" } },
  }));
}
