/** Leaves out of the dashboard what of the contract only the platform needs: the schemas that check calls. */
import { pathToFileURL } from 'node:url';
import type { ESTree, Plugin } from 'vite';
import type { RouteDefinition } from '../src-main/contract/rest/define-route.ts';

const routesFile = /src-main\/contract\/rest\/[^/?]+\.routes\.ts$/;
const contractFile = /src-main\/contract\/(?!.*\.routes\.ts$)[^?]+\.ts$/;

/**
 * Puts method, path and media type in the place of each route that the contract defines, and keeps what else is plain
 * data. Schemas are left out: the platform validates each call, and a browser that never builds them starts sooner.
 * Who imports one nevertheless gets an error from the bundler.
 */
export function contractRoutes(): Plugin {
  return {
    name: 'contract-routes',
    enforce: 'pre',
    async load(id) {
      if (!routesFile.test(id)) return null;
      // Another address after each change, or the development server would be told of the routes of its start.
      const found = (await import(`${pathToFileURL(id).href}?at=${Date.now()}`)) as Record<string, unknown>;
      const lines = Object.entries(found).flatMap(([name, value]) => {
        const data = isRoute(value) ? addressOf(value) : value;
        return isPlain(data) ? [`export const ${name} = ${JSON.stringify(data)};`] : [];
      });
      return { code: lines.join('\n'), map: null };
    },
  };
}

/**
 * Lets the bundler leave out each definition of the contract that nobody uses. It can't know by itself that they have
 * no effects: building a schema is a call. The contract does nothing but define (its walls see to that).
 */
export function contractDefinitions(): Plugin {
  return {
    name: 'contract-definitions',
    enforce: 'post',
    apply: 'build',
    transform(code, id) {
      if (!contractFile.test(id)) return null;
      const values = this.parse(code).body.flatMap(definedValues);
      const marked = values.reduceRight((text, { start, end }) => {
        const value = text.slice(start, end);
        // What calls nothing is left as it is: the bundler sees for itself that it has no effects.
        return value.includes('(')
          ? `${text.slice(0, start)}/* @__PURE__ */ (() => (${value}))()${text.slice(end)}`
          : text;
      }, code);
      return { code: marked, map: null };
    },
  };
}

/** Where the values of a statement `const name = value` stand. */
function definedValues(statement: ESTree.Program['body'][number]): { start: number; end: number }[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ init }) =>
    init?.type === 'CallExpression' || init?.type === 'ObjectExpression' ? [init] : [],
  );
}

type Address = Pick<RouteDefinition, 'method' | 'path' | 'mediaType'>;

function isRoute(value: unknown): value is Address {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value;
}

function addressOf({ method, path, mediaType }: Address): object {
  return { method, path, mediaType };
}

/** Whether a value is the same after a way through JSON, except for members that are undefined. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return ['string', 'number', 'boolean'].includes(typeof value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === Array.prototype) &&
    Object.values(value).every((member) => member === undefined || isPlain(member))
  );
}
