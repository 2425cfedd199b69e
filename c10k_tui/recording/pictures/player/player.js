// Plays the asciicast that is in this page. The page was made by c10k-tui, which has checked that the cast
// holds only the sequences understood here. Nothing is loaded from anywhere.
"use strict";

const KEYFRAME_EVENTS = 100; // A copy of the screen is kept after so many events, to go back to.
const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8];
const setting = JSON.parse(document.getElementById("setting").textContent);
const [, ...events] = readCast(document.getElementById("cast").textContent);
const markers = events.filter((event) => event[1] === "m");
const drawn = events.filter((event) => event[1] === "o" || event[1] === "r");
const length = events.length ? events[events.length - 1][0] : 0;

function readCast(text) {
  return text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
}

// --- the terminal: cells are numbers of looks, and a look is a glyph in a style --------------------------

const DEFAULT = -1; // The terminal's own colour; -2 - n is one of its sixteen colours; else 0xRRGGBB.
const PLAIN = {
  foreground: DEFAULT, background: DEFAULT,
  bold: false, dim: false, italic: false, underline: false, reverse: false, strike: false,
};
const SWITCHES = {
  1: { bold: true }, 2: { dim: true }, 3: { italic: true }, 4: { underline: true }, 7: { reverse: true },
  9: { strike: true }, 22: { bold: false, dim: false }, 23: { italic: false }, 24: { underline: false },
  27: { reverse: false }, 29: { strike: false },
};
const looks = [];
const lookNumbers = new Map();

function lookOf(glyph, style) {
  const key = glyph + "\0" + Object.values(style).join();
  let number = lookNumbers.get(key);
  if (number === undefined) {
    number = looks.length;
    lookNumbers.set(key, number);
    looks.push({ glyph, style, tile: null });
  }
  return number;
}

const TOKEN = /\x1b\[(\??)([0-9;]*)([A-Za-z])|([\r\n])|([^\x00-\x1f]+)/gu;
const wide = new Set(setting.wide);
const zero = new Set(setting.zero);

class Terminal {
  constructor(columns, rows) {
    this.resize(columns, rows);
  }

  resize(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.pen = PLAIN;
    this.x = this.y = 0;
    this.cells = new Int32Array(columns * rows).fill(lookOf(" ", PLAIN));
  }

  copy() {
    return Object.assign(Object.create(Terminal.prototype), this, { cells: this.cells.slice() });
  }

  apply([, code, data]) {
    if (code === "r") this.resize(...data.split("x").map(Number));
    else this.write(data);
  }

  write(text) {
    for (const [, mark, parameters, final, control, glyphs] of text.matchAll(TOKEN)) {
      if (glyphs !== undefined) this.put(glyphs);
      else if (control === "\r") this.x = 0;
      else if (control === "\n") this.y += 1;
      else if (!mark) this.sequence(parameters === "" ? [] : parameters.split(";").map(Number), final);
    }
  }

  put(glyphs) {
    this.dropHalf(-1);
    for (const glyph of glyphs) {
      const at = this.y * this.columns + this.x;
      if (zero.has(glyph)) {
        if (!this.x) continue;
        const before = looks[this.cells[at - 1]].glyph ? at - 1 : at - 2;
        const last = looks[this.cells[before]];
        const joined = [...last.glyph + glyph].slice(0, 8).join("");
        this.cells[before] = lookOf(joined, last.style);
        continue;
      }
      this.cells[at] = lookOf(glyph, this.pen);
      if (wide.has(glyph)) {
        this.cells[at + 1] = lookOf("", this.pen);
        this.x += 1;
      }
      this.x += 1;
    }
    this.dropHalf(0);
  }

  dropHalf(beside) { // Of a wide glyph of which one half is overwritten.
    const at = this.y * this.columns + this.x;
    if (this.x < this.columns && looks[this.cells[at]].glyph === "") {
      this.cells[at + beside] = lookOf(" ", looks[this.cells[at + beside]].style);
    }
  }

  sequence(numbers, final) {
    const within = (number, most) => Math.min(Math.max(number, 1), most) - 1;
    if (final === "m") this.pen = styleAfter(this.pen, numbers.length ? numbers : [0]);
    else if (final === "C") this.x = Math.min(this.x + Math.max(1, numbers[0] ?? 1), this.columns - 1);
    else if (final === "J") this.cells.fill(lookOf(" ", { ...PLAIN, background: this.pen.background }));
    else {
      this.y = within(numbers[0] ?? 1, this.rows);
      this.x = within(numbers[1] ?? 1, this.columns);
    }
  }
}

function styleAfter(pen, numbers) {
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at];
    const side = [3, 9].includes(Math.floor(number / 10)) ? "foreground" : "background";
    const digit = number % 10;
    if (number === 0) pen = PLAIN;
    else if (number in SWITCHES) pen = { ...pen, ...SWITCHES[number] };
    else if (digit === 8) {
      const [, red, green, blue] = numbers.slice(at + 1, at + 5);
      pen = { ...pen, [side]: red * 65536 + green * 256 + blue };
      at += 4;
    } else if (digit === 9) pen = { ...pen, [side]: DEFAULT };
    else pen = { ...pen, [side]: -2 - (digit + (number >= 90 ? 8 : 0)) };
  }
  return pen;
}

// --- the moments: a copy of the terminal now and then, and the events after it --------------------------

const keyframes = [new Terminal(setting.columns, setting.rows)];
let terminal = keyframes[0].copy();
drawn.forEach((event, index) => {
  terminal.apply(event);
  if ((index + 1) % KEYFRAME_EVENTS === 0) keyframes.push(terminal.copy());
});
let applied = drawn.length; // The number of events that the terminal shows.

function countAt(list, time) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][0] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bringTo(time) {
  const wanted = countAt(drawn, time + 1e-7);
  if (wanted < applied || wanted > applied + KEYFRAME_EVENTS) {
    const keyframe = Math.floor(wanted / KEYFRAME_EVENTS);
    terminal = keyframes[keyframe].copy();
    applied = keyframe * KEYFRAME_EVENTS;
  }
  for (; applied < wanted; applied += 1) terminal.apply(drawn[applied]);
}

// --- the picture: each look is a tile of pixels ------------------------------------------------------------

const WIDTH = setting.cell_width;
const HEIGHT = 2 * WIDTH;
const canvas = document.getElementById("screen");
canvas.width = setting.most_columns * WIDTH;
canvas.height = setting.most_rows * HEIGHT;
document.documentElement.style.setProperty("--ratio", canvas.width / canvas.height);
const context = canvas.getContext("2d", { alpha: false });
const glyphNumbers = new Map(setting.glyphs.map(([glyph, bold], number) => [glyph + bold, number]));
const SHEET_WIDTH = setting.glyphs_a_row * WIDTH;
let masks = null; // The share of foreground in each pixel of the sheet of glyphs, 0 to 255.
let painted = null;

function rounded(number) { // Halves go to the even number, as in the program's own pictures.
  const low = Math.floor(number);
  if (number - low !== 0.5) return Math.round(number);
  return low % 2 ? low + 1 : low;
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function coloursOf(style) {
  const own = (colour, normal) => channels(
    colour >= 0 ? colour : colour === DEFAULT ? normal : setting.palette[-2 - colour]);
  let foreground = own(style.foreground, setting.foreground);
  let background = own(style.background, setting.background);
  if (style.reverse) [foreground, background] = [background, foreground];
  if (style.dim) foreground = foreground.map((part, at) => rounded(background[at] + (part - background[at]) / 2));
  return [foreground, background];
}

function tileOf(look) {
  if (look.tile) return look.tile;
  const [foreground, background] = coloursOf(look.style);
  const number = glyphNumbers.get(look.glyph + look.style.bold);
  const top = Math.floor(number / setting.glyphs_a_row) * HEIGHT;
  const left = (number % setting.glyphs_a_row) * WIDTH;
  const tile = context.createImageData(WIDTH, HEIGHT);
  const thick = Math.max(1, WIDTH >> 3);
  const lined = (row, first) => row >= first && row < first + thick;
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1) {
    const row = Math.floor(pixel / WIDTH);
    const line = (look.style.underline && lined(row, HEIGHT - 2 * thick)) ||
      (look.style.strike && lined(row, HEIGHT >> 1));
    const share = line ? 1 : masks[(top + row) * SHEET_WIDTH + left + (pixel % WIDTH)] / 255;
    for (let part = 0; part < 3; part += 1) {
      tile.data[4 * pixel + part] = rounded(background[part] + (foreground[part] - background[part]) * share);
    }
    tile.data[4 * pixel + 3] = 255;
  }
  look.tile = tile;
  return tile;
}

function paint() {
  const { columns, rows, cells } = terminal;
  if (!painted || painted.columns !== columns || painted.rows !== rows) {
    context.fillStyle = `rgb(${channels(setting.background).join()})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    painted = { columns, rows, cells: new Int32Array(cells.length).fill(-1) };
  }
  for (let at = 0; at < cells.length; at += 1) {
    if (cells[at] === painted.cells[at]) continue;
    context.putImageData(tileOf(looks[cells[at]]), (at % columns) * WIDTH, Math.floor(at / columns) * HEIGHT);
    painted.cells[at] = cells[at];
  }
}

// --- the controls --------------------------------------------------------------------------------------------

const element = Object.fromEntries(
  ["play", "time", "markers", "clock", "speed", "save", "theme", "full", "help", "label", "keys"]
    .map((name) => [name, document.getElementById(name)]));
let now = 0; // Time in the recording, in seconds.
let playing = false;
let before = 0; // The browser's time of the last step, in milliseconds.
let speed = 1;

function clockText(time) {
  return `${Math.floor(time / 60)}:${(time % 60).toFixed(1).padStart(4, "0")}`;
}

function show(time) {
  now = Math.min(Math.max(time, 0), length);
  bringTo(now);
  paint();
  element.time.value = now;
  element.clock.textContent = `${clockText(now)} / ${clockText(length)}`;
  const passed = countAt(markers, now + 1e-7);
  element.label.textContent = passed ? markers[passed - 1][2] : "";
}

function play(wanted) {
  playing = wanted;
  if (playing && now >= length) now = 0;
  element.play.classList.toggle("playing", playing);
  element.play.setAttribute("aria-label", playing ? "pause" : "play");
  before = performance.now();
  if (playing) requestAnimationFrame(step);
}

function step(time) {
  if (!playing) return;
  show(now + (Math.max(0, time - before) / 1000) * speed);
  before = Math.max(time, before);
  if (now >= length) play(false);
  else requestAnimationFrame(step);
}

function setSpeed(wanted) {
  speed = SPEEDS[Math.min(Math.max(wanted, 0), SPEEDS.length - 1)];
  element.speed.value = speed;
}

function toPicture(steps) {
  play(false);
  const times = [...new Set(drawn.map((event) => event[0]))];
  const current = countAt(times.map((time) => [time]), now + 1e-7) - 1;
  show(times[Math.min(Math.max(current + steps, 0), times.length - 1)] ?? 0);
}

function toMarker(steps) {
  const times = [0, ...markers.map((event) => event[0]), length];
  const next = times.find((time) => time > now + 1e-6) ?? length;
  const previous = times.findLast((time) => time < now - (playing ? 0.5 : 1e-6)) ?? 0;
  show(steps > 0 ? next : previous);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function toggleTheme() {
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
}

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

function toggleKeys() {
  element.keys.hidden = !element.keys.hidden;
}

function save() {
  const text = document.getElementById("cast").textContent.trimStart();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-asciicast" }));
  const name = decodeURIComponent(location.pathname.split("/").pop()).replace(/\.html?$/, "");
  link.download = `${name || "recording"}.cast`;
  link.click();
  URL.revokeObjectURL(link.href);
}

const KEYS = {
  " ": () => play(!playing),
  ArrowLeft: () => show(now - 5),
  ArrowRight: () => show(now + 5),
  ",": () => toPicture(-1),
  ".": () => toPicture(1),
  "[": () => toMarker(-1),
  "]": () => toMarker(1),
  Home: () => show(0),
  End: () => show(length),
  "-": () => setSpeed(SPEEDS.indexOf(speed) - 1),
  "+": () => setSpeed(SPEEDS.indexOf(speed) + 1),
  f: toggleFull,
  t: toggleTheme,
  "?": toggleKeys,
};
for (let tenth = 0; tenth < 10; tenth += 1) KEYS[tenth] = () => show((length * tenth) / 10);

function listen() {
  element.play.onclick = () => play(!playing);
  canvas.onclick = () => play(!playing);
  element.time.oninput = () => show(Number(element.time.value));
  element.speed.onchange = () => setSpeed(SPEEDS.indexOf(Number(element.speed.value)));
  element.save.onclick = save;
  element.theme.onclick = toggleTheme;
  element.full.onclick = toggleFull;
  element.help.onclick = toggleKeys;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  // A button that has the focus must not be pressed by the space that plays.
  document.addEventListener("keyup", (event) => { if (event.key === " ") event.preventDefault(); });
  window.addEventListener("hashchange", toHash);
}

function toHash() { // page.html#t=3.5 begins there.
  const found = /^#t=([0-9.]+)$/.exec(location.hash);
  show(found ? Number(found[1]) : now);
}

function begin() {
  element.time.max = length || 1;
  for (const factor of SPEEDS) element.speed.add(new Option(`${factor}×`, factor));
  setSpeed(SPEEDS.indexOf(1));
  for (const [time, , label] of markers) {
    const tick = document.createElement("button");
    tick.type = "button";
    tick.tabIndex = -1;
    tick.title = `${clockText(time)} ${label}`;
    tick.style.left = `${(time / (length || 1)) * 100}%`;
    tick.onclick = () => show(time);
    element.markers.append(tick);
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  setTheme(dark.matches ? "dark" : "light");
  dark.onchange = () => setTheme(dark.matches ? "dark" : "light");
  listen();
  toHash();
}

const image = document.getElementById("glyphs");
image.decode().then(() => {
  const sheet = document.createElement("canvas");
  sheet.width = image.naturalWidth;
  sheet.height = image.naturalHeight;
  const reader = sheet.getContext("2d", { willReadFrequently: true });
  reader.drawImage(image, 0, 0);
  const { data } = reader.getImageData(0, 0, sheet.width, sheet.height);
  masks = new Uint8Array(data.length / 4);
  for (let pixel = 0; pixel < masks.length; pixel += 1) masks[pixel] = data[4 * pixel];
  begin();
});
