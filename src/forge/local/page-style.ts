/** What surrounds the Markdown on a preview page, in GitHub's colours, light and dark. */
export const pageStyle = `
:root { --page: #ffffff; --text: #1f2328; --muted: #59636e; --line: #d1d9e0; --shade: #f6f8fa; --link: #0969da;
  --good: #1a7f37; --bad: #cf222e; --wait: #9a6700; --done: #8250df; --draft: #59636e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #f0f6fc; --muted: #9198a1; --line: #3d444d; --shade: #151b23; --link: #4493f8;
    --good: #238636; --bad: #da3633; --wait: #d29922; --done: #8957e5; --draft: #656c76; }
}
body { margin: 0 auto; max-width: 1012px; padding: 24px 16px 64px; background: var(--page); color: var(--text);
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
header h1 { margin: 0 0 8px; font-size: 30px; font-weight: 400; line-height: 1.25; overflow-wrap: anywhere; }
header p { margin: 0 0 8px; color: var(--muted); }
header { margin-bottom: 20px; border-bottom: 1px solid var(--line); padding-bottom: 10px; }
header code, .where { font-size: 12px; }
header code { padding: 2px 6px; border-radius: 6px; background: var(--shade); color: var(--link); overflow-wrap: anywhere; }
.number { color: var(--muted); font-weight: 300; }
.badge { display: inline-block; padding: 4px 12px; border-radius: 2em; color: #ffffff; font-weight: 500; margin-right: 4px; }
.badge.draft { background: var(--draft); } .badge.ready { background: var(--good); }
.badge.merged { background: var(--done); } .badge.closed { background: var(--bad); }
.box { margin: 0 0 20px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.box > h2 { margin: 0; padding: 8px 16px; font-size: 14px; font-weight: 600; background: var(--shade);
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.box > .markdown-body { padding: 16px; overflow-x: auto; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { padding: 8px 16px; overflow-wrap: anywhere; } .rows li + li { border-top: 1px solid var(--line); }
.rows a { color: var(--link); text-decoration: none; } .rows a:hover { text-decoration: underline; }
.rows .success span { color: var(--good); } .rows .pending span { color: var(--wait); }
.rows .failure span, .rows .error span { color: var(--bad); }
`;
