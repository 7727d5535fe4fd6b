/** Small helpers to build pages out of text that may be hostile: nothing is ever parsed as HTML. */

/** An element with attributes, `on…` listeners and children; strings become text. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return node;
}

/** A path that may break after its slashes. */
export function breakable(path) {
  return path.split(/(?<=\/)(?=.)/).flatMap((part) => [part, document.createElement('wbr')]);
}

/** Copies text, also where the clipboard is closed to pages (plain HTTP on a LAN). */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { class: 'sr' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** A button that copies what `read` returns and says so for a moment. */
export function copyButton(read, label = 'Copy') {
  const button = h('button', { type: 'button', class: 'quiet' }, label);
  button.addEventListener('click', async () => {
    await copy(read());
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = label), 1200);
  });
  return button;
}
