// Takes pictures of pages that panels.tsx draws: node draw.mjs CHROMIUM page.html picture.png [page.html picture.png …]
import puppeteer from 'puppeteer-core';

const [chromium, ...rest] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-gpu', '--allow-file-access-from-files'],
});
try {
  for (let i = 0; i < rest.length; i += 2) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1632, height: 900 });
    await page.goto(`file://${rest[i]}`);
    await page.waitForFunction('document.title.startsWith("height ") || document.body.innerText.includes("FAILED:")', { timeout: 120000 });
    const height = Number((await page.title()).split(' ')[1] ?? 900);
    await page.setViewport({ width: 1632, height });
    await new Promise((resolve) => setTimeout(resolve, 2000));  // tables and graphs measure themselves, then draw
    const failed = await page.evaluate(() => document.body.innerText.match(/FAILED:[^]*/)?.[0]);
    if (failed) { throw new Error(`${rest[i + 1]}: ${failed}`); }
    await page.screenshot({ path: rest[i + 1] });
    await page.close();
  }
} finally {
  await browser.close();
}
