import { posix } from 'node:path';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';

const marked = new Marked({ gfm: true });

/** What GitHub shows of HTML in Markdown, or less. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...sanitizeHtml.defaults.allowedTags,
    'img',
    'picture',
    'source',
    'details',
    'summary',
    'del',
    'ins',
    'input',
  ],
  allowedAttributes: {
    '*': ['align', 'width', 'height', 'title', 'id'],
    a: ['href'],
    img: ['src', 'alt'],
    source: ['srcset', 'media'],
    details: ['open'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    code: ['class'],
    input: ['type', 'checked', 'disabled'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'file'],
  allowedSchemesByTag: { img: ['http', 'https', 'data', 'file'], source: ['http', 'https', 'file'] },
  allowProtocolRelative: false,
  selfClosing: [...(sanitizeHtml.defaults.selfClosing ?? []), 'source', 'input'],
  disallowedTagsMode: 'discard',
};

/**
 * Markdown as HTML without anything that runs.
 * @param linkBase put before relative addresses of links and pictures, as `files/`.
 */
export function renderMarkdown(text: string, linkBase = ''): string {
  const html = marked.parse(text, { async: false });
  const rebase =
    (...names: readonly string[]): sanitizeHtml.Transformer =>
    (tagName, attribs) => {
      const changed = names.flatMap((name) => {
        const address = attribs[name];
        return address === undefined ? [] : [[name, rebased(address, linkBase)] as const];
      });
      return { tagName, attribs: { ...attribs, ...Object.fromEntries(changed) } };
    };
  return sanitizeHtml(html, {
    ...allowed,
    transformTags: {
      a: rebase('href'),
      img: rebase('src'),
      source: rebase('srcset'),
      // Only the check boxes of task lists.
      input: (tagName, attribs) => ({
        tagName,
        attribs: { type: 'checkbox', disabled: '', ...('checked' in attribs ? { checked: '' } : {}) },
      }),
    },
  });
}

/** Relative addresses stay inside `base`: a `../` at the front has nowhere to go. */
function rebased(address: string, base: string): string {
  if (address === '' || /^([a-z][a-z0-9+.-]*:|#|\/)/i.test(address)) return address;
  if (base !== '' && address.startsWith(base) && !address.includes('..')) return address;
  return `${base}${posix.join('/', address).slice(1)}`;
}
