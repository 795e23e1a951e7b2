// Checks an action or a workflow with the language service that GitHub's own editor uses.
// usage: node lint-workflow.mjs FILE...; prints what is wrong, and ends with 1 if anything is.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";

let wrong = 0;
for (const file of process.argv.slice(2)) {
  const document = TextDocument.create(pathToFileURL(file).href, "yaml", 1, fs.readFileSync(file, "utf8"));
  for (const problem of await validate(document)) {
    console.log(`${file}(${problem.range.start.line + 1},${problem.range.start.character + 1}): ${problem.message}`);
    wrong++;
  }
}
process.exit(wrong === 0 ? 0 : 1);
