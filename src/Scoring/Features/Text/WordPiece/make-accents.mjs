// Writes accents.txt: node make-accents.mjs > accents.txt. Each line is what a code point becomes by canonical decomposition without its
// nonspacing marks ("C0 41"), or a range of those marks ("300-36F"); Hangul syllables follow a formula and are not listed.
const hex = (point) => point.toString(16).toUpperCase();
const isMark = (text) => /^\p{Mn}$/u.test(text);
const lines = [];
let from = -1;
for (let point = 0; point <= 0x110000; point++) {
    const exists = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
    const text = exists ? String.fromCodePoint(point) : '';
    if (isMark(text)) {
        from = from < 0 ? point : from;
        continue;
    }

    if (from >= 0) {
        lines.push(from === point - 1 ? hex(from) : `${hex(from)}-${hex(point - 1)}`);
        from = -1;
    }

    if (exists && !(point >= 0xac00 && point <= 0xd7a3) && text.normalize('NFD') !== text) {
        const kept = [...text.normalize('NFD')].filter((part) => !isMark(part)).map((part) => hex(part.codePointAt(0)));
        lines.push([hex(point), ...kept].join(' '));
    }
}

console.log(`# Unicode ${process.versions.unicode}, written by make-accents.mjs\n${lines.join('\n')}`);
