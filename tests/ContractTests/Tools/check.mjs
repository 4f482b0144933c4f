// Holds a file against a tool of npm and writes what the tool said as JSON. Usage, in the folder that has node_modules: node check.mjs <asyncapi|cloudevents|mermaid> <file>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/`);
const [tool, file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');

const checks = {
  // The document's diagnostics; severity 0 is an error, 1 a warning.
  async asyncapi() {
    const { Parser } = require('@asyncapi/parser');
    const { document, diagnostics } = await new Parser().parse(text);
    return {
      messages: document?.allMessages().length ?? 0,
      operations: document?.allOperations().length ?? 0,
      diagnostics: diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join('/') })),
    };
  },

  // Each event of an array, one structured CloudEvent in JSON a line, as the SDK understands it, or what is wrong with it.
  async cloudevents() {
    const { CloudEvent, HTTP } = require('cloudevents');
    return text.trim().split('\n').map((body) => {
      try {
        const event = HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body });
        event.validate();
        const { data, ...attributes } = event.toJSON();
        new CloudEvent(event.toJSON(), true);
        return { attributes, data };
      } catch (error) {
        return { error: [error.message, ...(error.errors ?? []).map((one) => `${one.instancePath} ${one.message}`)].join('; ') };
      }
    });
  },

  // What is wrong with each diagram of an array; null where nothing is.
  async mermaid() {
    const { JSDOM } = require('jsdom');
    const { window } = new JSDOM('<!DOCTYPE html><body></body>');
    Object.assign(globalThis, { window, document: window.document });
    const { default: mermaid } = await import(pathToFileURL(require.resolve('mermaid')));
    const faults = [];
    for (const diagram of JSON.parse(text)) {
      faults.push(await mermaid.parse(diagram).then(() => null, (error) => error.message));
    }
    return faults;
  },
};

process.stdout.write(JSON.stringify(await checks[tool]()));
