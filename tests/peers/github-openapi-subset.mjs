// Cuts GitHub's OpenAPI description down to the paths that are asked for, with what they refer to: Prism takes minutes for all of it.
// node github-openapi-subset.mjs api.github.com.json subset.json /repos/{owner}/{repo} …
import { readFileSync, writeFileSync } from 'node:fs';

const [source, target, ...wanted] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(source, 'utf8'));

const paths = Object.fromEntries(wanted.map(path => {
  if (!whole.paths[path]) {
    throw new Error(`${source} has no path ${path}`);
  }

  return [path, whole.paths[path]];
}));

const components = {};
keepReferences(paths);
mend(paths);
mend(components);
writeFileSync(target, JSON.stringify({ openapi: whole.openapi, info: whole.info, servers: whole.servers, paths, components }));

function keepReferences(node) {
  if (node === null || typeof node !== 'object') {
    return;
  }

  const [, kind, name] = /^#\/components\/([^/]+)\/(.+)$/.exec(typeof node.$ref === 'string' ? node.$ref : '') ?? [];
  if (kind && !components[kind]?.[name]) {
    (components[kind] ??= {})[name] = whole.components[kind][name];
    keepReferences(components[kind][name]);
  }

  Object.entries(node).filter(([key]) => key !== 'x-webhooks').forEach(([, value]) => keepReferences(value));
}

function mend(node) {
  if (node === null || typeof node !== 'object') {
    return;
  }

  // The validator refuses "nullable" without a type, and Prism then checks nothing of the body, without a word.
  if (node.nullable === true && node.type === undefined) {
    const typed = (node.oneOf ?? node.anyOf)?.find(choice => typeof choice.type === 'string');
    if (typed) {
      typed.nullable = true;
    }

    delete node.nullable;
  }

  // Its examples are links to the real server.
  if (node.headers) {
    delete node.headers.Link;
  }

  Object.values(node).forEach(mend);
}
