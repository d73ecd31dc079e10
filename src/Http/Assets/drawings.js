// Drawings of the shop's goods. A font need not have pictures of them; these are lines in the colour of the text.
const namespace = 'http://www.w3.org/2000/svg';

const paths = {
  kettle: ['M16 26h28l4 26a4 4 0 0 1-4 4H16a4 4 0 0 1-4-4z', 'M22 26a8 8 0 0 1 16 0', 'M30 18v-4', 'M16 22C16 4 44 4 44 22', 'M46 36l12-8'],
  tea: ['M12 28h36c0 16-6 26-18 26S12 44 12 28z', 'M10 58h40', 'M24 20c-4-5 4-7 0-12', 'M36 20c-4-5 4-7 0-12'],
  cups: ['M8 34h26v12a8 8 0 0 1-8 8H16a8 8 0 0 1-8-8z', 'M34 38h4a5 5 0 0 1 0 10h-4', 'M20 30v-4a4 4 0 0 1 4-4h22v12a8 8 0 0 1-4 7', 'M50 26h2a5 5 0 0 1 0 10h-4', 'M24 18a4 4 0 0 1 4-4h24'],
};

/** A drawing by its name; it tells nothing that the text beside it does not, and is hidden from screen readers. */
export function drawing(name) {
  const picture = document.createElementNS(namespace, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 62 62', class: 'drawing', 'aria-hidden': 'true', focusable: 'false' })) picture.setAttribute(key, value);
  for (const line of paths[name]) {
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', line);
    picture.append(path);
  }
  return picture;
}
