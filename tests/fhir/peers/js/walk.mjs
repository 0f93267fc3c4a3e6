// Two foreign clients of JavaScript walk through the API; each step that works is counted, the first that does not ends the walk.
// node walk.mjs BASE MACHINE_TOKEN PATIENT_TOKEN PATIENT: the last line is JSON {"fhir_kit": steps, "fhirclient_js": steps}.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [base, machine, own, patient] = process.argv.slice(2);
const required = createRequire(pathToFileURL(`${process.cwd()}/`));
const { Client } = await import(pathToFileURL(`${process.cwd()}/node_modules/fhir-kit-client/dist/index.js`));
const Smart = required("fhirclient/lib/Client").default;
const Adapter = required("fhirclient/lib/adapters/NodeAdapter").default;
const counts = { fhir_kit: 0, fhirclient_js: 0 };

function observation(day, more = {}) {
  return {
    resourceType: "Observation", status: "final",
    category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
    code: { coding: [{ system: "http://loinc.org", code: "2823-3", display: "Potassium" }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: `2025-10-${String(day).padStart(2, "0")}T08:00:00+02:00`,
    valueQuantity: { value: 5.6, unit: "mmol/L" }, ...more,
  };
}

async function step(client, name, work) {
  try {
    const made = await work();
    counts[client] += 1;
    return made;
  } catch (error) {
    console.error(`${client}: ${name}: ${error.message} ${JSON.stringify(error.response?.data ?? "").slice(0, 500)}`);
    console.log(JSON.stringify(counts));
    process.exit(1);
  }
}

async function fhirKit() {
  const client = new Client({ baseUrl: base, bearerToken: machine });
  const does = (name, work) => step("fhir_kit", name, work);
  await does("metadata", async () => assert.equal((await client.capabilityStatement()).fhirVersion, "4.0.1"));
  const made = await does("create", () => client.create({ resourceType: "Observation", body: observation(1) }));
  const read = await does("read", () => client.read({ resourceType: "Observation", id: made.id }));
  assert.equal(read.valueQuantity.value, 5.6);
  await does("update", () => client.update({ resourceType: "Observation", id: made.id, body: { ...read, status: "amended" } }));
  const first = await does("vread", () => client.vread({ resourceType: "Observation", id: made.id, version: "1" }));
  assert.equal(first.status, "final");
  await does("patch", () => client.patch({
    resourceType: "Observation", id: made.id, jsonPatch: [{ op: "replace", path: "/valueQuantity/value", value: 4.2 }],
  }));
  const past = await does("history", () => client.resourceHistory({ resourceType: "Observation", id: made.id }));
  assert.equal(past.entry.length, 3);
  await does("transaction", () => client.transaction({
    body: {
      resourceType: "Bundle", type: "transaction",
      entry: [2, 3, 4].map((day) => ({
        fullUrl: `urn:uuid:${crypto.randomUUID()}`, resource: observation(day), request: { method: "POST", url: "Observation" },
      })),
    },
  }));
  await does("search and pages", async () => {
    let bundle = await client.resourceSearch({
      resourceType: "Observation", searchParams: { patient, code: "http://loinc.org|2823-3", date: "lt2025-11-01", _count: 2 },
    });
    const found = [];
    while (bundle) {
      found.push(...(bundle.entry ?? []));
      bundle = await client.nextPage({ bundle });
    }
    assert.equal(found.length, 4);
  });
  await does("search by form", () => client.resourceSearch({
    resourceType: "Observation", searchParams: { patient }, options: { postSearch: true },
  }));
  const whole = await does("$everything", () => client.operation({
    name: "everything", resourceType: "Patient", id: patient, method: "GET",
  }));
  assert.ok(whole.entry.length >= 5);
  await does("delete", () => client.delete({ resourceType: "Observation", id: made.id }));
  await does("absence", () => assert.rejects(client.read({ resourceType: "Observation", id: made.id }), (error) => [404, 410].includes(error.response.status)));
}

async function smartJs() {
  const does = (name, work) => step("fhirclient_js", name, work);
  const state = { serverUrl: base, tokenResponse: { access_token: own, token_type: "Bearer", patient } };
  const client = new Smart(new Adapter({ request: {}, response: {}, storage: {} }), state);
  const read = await does("patient.read", () => client.patient.read());
  assert.equal(read.id, patient);
  const all = await does("patient.request, every page", () => client.patient.request("Observation?_count=2", { pageLimit: 0, flat: true }));
  assert.ok(all.length >= 3);
  await does("references resolved", () => client.request(`Observation/${all[0].id}`, { resolveReferences: ["subject"] }));
  const events = await does("who looked", () => client.request(`AuditEvent?patient=${patient}`, { flat: true }));
  assert.ok(events.every((one) => one.resourceType === "AuditEvent") && events.length > 0);
}

await fhirKit();
await smartJs();
console.log(JSON.stringify(counts));
