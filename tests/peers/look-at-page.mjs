// Opens a page of the disk in real Chromium, wide and narrow, light and dark, and prints what it saw as JSON.
// node look-at-page.mjs CHROMIUM PAGE.html [FOLDER for screenshots]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, file, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const views = [];
try {
  for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 360], ['dark', 360]]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const complaints = [];
    const requests = [];
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('request', request => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    const seen = await page.evaluate(look);
    views.push({ colorScheme, width, complaints, requests: requests.filter(url => !url.startsWith('data:') && url !== page.url()), ...seen });
    if (folder) await page.screenshot({ path: join(folder, `${colorScheme}-${width}.png`), fullPage: true });
    await page.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(views));

function look() {
  // The ratio of WCAG 2.2 between a text and what is painted behind it.
  const channels = colour => colour.match(/[\d.]+/g).map(Number);
  const luminance = colour => {
    const [r, g, b] = channels(colour).slice(0, 3).map(v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  const texts = [...document.querySelectorAll('h1, h2, p, dt, dd, th, td, a, figcaption, caption, .badge, .name, li')]
    .filter(element => element.getClientRects().length > 0 && element.textContent.trim() !== '');
  const ratios = [
    ...texts.map(element => contrast(getComputedStyle(element).color, ground(element))),
    ...[...document.querySelectorAll('.plot text')].map(element => contrast(getComputedStyle(element).fill, ground(element))),
  ];

  const overlaps = [];
  for (const plot of document.querySelectorAll('.plot > svg')) {
    const boxes = [...plot.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
      if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom) overlaps.push(`${one} / ${other}`);
    }));
  }

  const root = document.documentElement;
  return {
    overflow: root.scrollWidth - root.clientWidth,
    ground: getComputedStyle(document.body).backgroundColor,
    styled: document.styleSheets.length,
    leastContrast: Math.min(...ratios),
    overlaps,
    // Where the marks really are, in shares of their picture's width.
    suspects: [...document.querySelectorAll('.plot use.suspect')].map(mark => {
      const box = mark.getBoundingClientRect();
      const plot = mark.ownerSVGElement.getBoundingClientRect();
      return (box.left + box.width / 2 - plot.left) / plot.width;
    }),
    smallestLetters: Math.min(...texts.map(element => parseFloat(getComputedStyle(element).fontSize))),
  };
}
