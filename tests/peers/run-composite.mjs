// Runs a composite action's steps as GitHub's runner does, with GitHub's own expression engine.
// usage: node run-composite.mjs REQUEST.json, where the request has: action (its folder), workspace, temp, inputs {name: value}.
// Steps that use other actions are named, not run. Standard output ends with one line of JSON: {outputs, failed, exitCode}.
import fs from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

const request = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const action = parse(fs.readFileSync(path.join(request.action, "action.yml"), "utf8"));
const inputs = {};
const steps = {};
let failed = false;
let exitCode = 0;

const functions = [
  ["success", () => !failed],
  ["failure", () => failed],
  ["always", () => true],
  ["cancelled", () => false],
].map(([name, value]) => ({ name, description: name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value()) }));

function toData(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  return new data.Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: toData(item) })));
}

function evaluate(expression) {
  const contexts = {
    inputs,
    steps,
    env: {},
    github: { token: request.token ?? "", workspace: request.workspace, action_path: request.action, repository: "octo-org/models" },
    runner: { os: "Linux", arch: "X64", temp: request.temp },
  };
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  return new Evaluator(tree, toData(contexts), new Map(functions.map((each) => [each.name, each]))).evaluate();
}

const substitute = (text) =>
  String(text ?? "").replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression) => evaluate(expression.trim()).coerceString());

// Both forms of the runner's files: name=value, and name<<delimiter with lines up to the delimiter.
function readOutputs(file) {
  const outputs = {};
  const lines = fs.readFileSync(file, "utf8").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const block = /^([^=<]+)<<(.+)$/.exec(lines[i]);
    if (block) {
      const value = [];
      while (lines[++i] !== block[2]) {
        if (i >= lines.length) throw new Error(`The output ${block[1]} has no end.`);
        value.push(lines[i]);
      }
      outputs[block[1]] = value.join("\n");
    } else if (lines[i].includes("=")) {
      outputs[lines[i].slice(0, lines[i].indexOf("="))] = lines[i].slice(lines[i].indexOf("=") + 1);
    }
  }
  return outputs;
}

for (const name of Object.keys(request.inputs)) {
  if (!(name in action.inputs)) throw new Error(`The action has no input ${name}.`);
}
for (const [name, input] of Object.entries(action.inputs)) {
  inputs[name] = request.inputs[name] ?? substitute(input.default);
  if (input.required && inputs[name] === "") throw new Error(`The input ${name} is required.`);
}

const summary = path.join(request.temp, "summary.md");
fs.writeFileSync(summary, "");
for (const [index, step] of action.runs.steps.entries()) {
  const condition = String(step.if ?? "success()").replace(/^\$\{\{([\s\S]*)\}\}$/, "$1").trim();
  const says = evaluate(condition).coerceString();
  const waits = /\b(success|failure|always|cancelled)\s*\(/.test(condition) ? false : failed;
  if (waits || says === "false" || says === "") {
    console.log(`- skipped: ${step.name}`);
    continue;
  }
  if (step.uses) {
    console.log(`- used: ${step.uses} ${JSON.stringify(Object.fromEntries(Object.entries(step.with ?? {}).map(([k, v]) => [k, substitute(v)])))}`);
    continue;
  }

  const file = (name, content = "") => {
    const made = path.join(request.temp, `${name}-${index}`);
    fs.writeFileSync(made, content);
    return made;
  };
  const outputs = file("outputs");
  const script = file("script.sh", substitute(step.run));
  const environment = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, substitute(value)]));
  console.log(`- run: ${step.name}`);
  const run = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
    cwd: path.resolve(request.workspace, substitute(step["working-directory"] ?? ".")),
    stdio: "inherit",
    env: {
      ...process.env,
      ...environment,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTION_PATH: request.action,
      GITHUB_OUTPUT: outputs,
      GITHUB_REPOSITORY: "octo-org/models",
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: request.workspace,
      RUNNER_OS: "Linux",
      RUNNER_TEMP: request.temp,
    },
  });
  if (step.id) steps[step.id] = { outputs: readOutputs(outputs), outcome: run.status === 0 ? "success" : "failure" };
  if (run.status !== 0) {
    failed = true;
    exitCode = run.status ?? 255;
  }
}

const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, output]) => [name, substitute(output.value)]));
console.log("\n" + JSON.stringify({ outputs, failed, exitCode }));
