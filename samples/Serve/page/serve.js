'use strict';

// One image at a time: it is shown, classified, and explained for the class that is chosen. Names and labels come from
// others and are text, never markup.

const $ = id => document.getElementById(id);
const percent = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

// matplotlib's plasma, from blue to yellow, and the more the less transparent: red, green, blue, alpha.
const ramp = [[13, 8, 135, 0], [156, 23, 158, 0.4], [237, 121, 83, 0.8], [240, 249, 33, 1]];
const heatSide = 192;

let model = null;
let file = null;
let size = null;
let url = null;
let request = null;
let heat = null;
let shown = null;
let again = null;

class Failure extends Error {
  constructor(message, canRetry, isOffline = false) {
    super(message);
    this.canRetry = canRetry;
    this.isOffline = isOffline;
  }
}

// Asking the service

// A connection that is back may refuse its first requests.
const settlingMs = 5000;
const pauseMs = 500;
let backAt = -settlingMs;

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    if (navigator.onLine && performance.now() - backAt < settlingMs) {
      await new Promise(resolve => setTimeout(resolve, pauseMs));
      return ask(path, options);
    }

    throw navigator.onLine ? new Failure('The service does not answer. It may have been stopped.', true) : offline();
  }

  if (response.ok) {
    return response.json();
  }

  const problem = await response.json().catch(() => ({}));
  throw new Failure(sentence(response.status, problem.detail), [408, 429, 500, 503].includes(response.status));
}

function offline() {
  return new Failure('You are offline. Work goes on when the connection is back.', true, true);
}

function sentence(status, detail) {
  const said = detail ? ` ${detail}` : '';
  switch (status) {
    case 413: return `The image is too large.${said}`;
    case 415: return `This is no image that can be read.${said}`;
    case 422: return `The image is damaged or cannot be used.${said}`;
    case 429: return `The service has too much to do.${said}`;
    case 503: return 'The service is not ready: its network is still loading.';
    default: return `That did not work (${status}).${said}`;
  }
}

function form() {
  const data = new FormData();
  data.append('file', file, file.name || 'pasted image');
  return data;
}

// An image comes in

function take(files, more = '') {
  if (files.length === 0) {
    fail(new Failure('That was no file. Choose, drop or paste an image; addresses are not fetched.', false));
    return;
  }

  file = files[0];
  const note = files.length > 1 ? ` This is the first of ${files.length} files.` : more;
  heat = null;
  size = null;
  show(note);
  if (model && file.size > model.maxBytes) {
    clear();
    fail(new Failure(`The image is too large: it has ${bytesText(file.size)}, and ${bytesText(model.maxBytes)} are allowed.`, false));
    return;
  }

  classify();
}

function show(note) {
  if (url) {
    URL.revokeObjectURL(url);
  }

  url = URL.createObjectURL(file);
  document.body.classList.add('has-image');
  $('no-preview').hidden = true;
  $('preview').hidden = false;
  $('preview').alt = `The image ${file.name}`;
  $('preview').src = url;
  $('caption').textContent = `${file.name || 'pasted image'}, ${bytesText(file.size)}.${note}`;
  $('figure').hidden = false;
  drawHeat();
}

$('preview').addEventListener('load', () => {
  const { naturalWidth: width, naturalHeight: height } = $('preview');
  size = { width, height };
  $('frame').style.setProperty('--ratio', width / height);
  $('frame').classList.toggle('coarse', Math.max(width, height) < 128);
  drawHeat();
});

$('preview').addEventListener('error', () => {
  $('preview').hidden = true;
  $('no-preview').hidden = false;
  $('frame').style.setProperty('--ratio', 2);
});

// The answer

async function classify() {
  const controller = begin('Looking at the image …');
  try {
    const [answer] = await ask('/classify', { method: 'POST', body: form(), signal: controller.signal });
    const first = showAnswer(answer);
    end(controller);
    await explain(first);
  } catch (error) {
    if (request === controller) {
      end(controller);
      clear();
      fail(error, async () => {
        await describe();
        classify();
      });
    }
  }
}

async function explain(index) {
  const controller = begin(null);
  try {
    heat = await ask(`/explain?class=${index}`, {
      method: 'POST', body: form(), signal: controller.signal, headers: { Accept: 'application/json' },
    });
    end(controller);
    drawHeat();
  } catch (error) {
    if (request === controller) {
      end(controller);
      heat = null;
      drawHeat();
      fail(error, () => explain(index));
    }
  }
}

function begin(text) {
  request?.abort();
  request = new AbortController();
  hideError();
  $('empty').hidden = true;
  document.body.setAttribute('aria-busy', 'true');
  if (text) {
    $('status').textContent = text;
    document.body.classList.add('busy');
  }

  return request;
}

function end(controller) {
  if (request === controller) {
    document.body.removeAttribute('aria-busy');
    document.body.classList.remove('busy');
  }
}

function showAnswer(answer) {
  const lines = answer.predictions
    ? answer.predictions.map(({ index, label, probability, found }) => ({ index, label, found, share: probability, text: percent.format(probability) }))
    : valueLines(answer.values);
  const best = lines[0];
  $('status').textContent = answer.predictions
    ? `${name(best)}, ${best.text}`
    : `${lines.length} ${lines.length === 1 ? 'output' : 'outputs'}`;
  $('bars').replaceChildren(...lines.map(bar));
  $('classes').hidden = false;
  $('hint').hidden = lines.length < 2;
  return best.index;
}

function valueLines(values) {
  const most = Math.max(...values.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return values.map(({ index, label, value }) => ({ index, label, share: Math.abs(value) / most, text: String(value) }));
}

function bar(line, position) {
  const row = document.createElement('label');
  row.className = 'bar';
  const choice = document.createElement('input');
  choice.type = 'radio';
  choice.name = 'class';
  choice.value = line.index;
  choice.checked = position === 0;
  choice.addEventListener('change', () => {
    mark();
    explain(line.index);
  });
  const title = span('name', name(line));
  if (line.found) {
    title.append(span('found', 'found'));
  }

  const track = span('track', '');
  const fill = span('fill', '');
  fill.style.setProperty('--share', line.share);
  track.append(fill);
  row.append(choice, title, span('share', line.text), track);
  row.classList.toggle('is-chosen', choice.checked);
  return row;
}

function mark() {
  for (const row of $('bars').children) {
    row.classList.toggle('is-chosen', row.querySelector('input').checked);
  }
}

function span(kind, text) {
  const element = document.createElement('span');
  element.className = kind;
  element.textContent = text;
  return element;
}

function name({ label, index }) {
  return label ?? `class ${index}`;
}

function clear() {
  request?.abort();
  // What was under way has nothing more to say.
  request = null;
  document.body.removeAttribute('aria-busy');
  document.body.classList.remove('busy');
  heat = null;
  $('status').textContent = '';
  $('classes').hidden = true;
  $('hint').hidden = true;
  drawHeat();
}

// What is tried again, if anything, is what failed.
function fail(error, retry = null) {
  shown = error;
  again = error.canRetry ? retry : null;
  $('error-text').textContent = error instanceof Failure ? error.message : 'That did not work: the answer cannot be read.';
  $('retry').hidden = again === null;
  $('error').hidden = false;
  $('empty').hidden = true;
}

function hideError() {
  shown = null;
  again = null;
  $('error').hidden = true;
}

function retry() {
  const action = again;
  hideError();
  action?.();
}

// The heat map over the image

function drawHeat() {
  const canvas = $('heat');
  const isDrawn = heat !== null && size !== null;
  canvas.hidden = !isDrawn || !$('heat-shown').checked;
  $('heat-controls').hidden = !isDrawn;
  $('frame').style.setProperty('--strength', $('heat-strength').value / 100);
  if (!isDrawn) {
    return;
  }

  // Where the service does not turn photos as their EXIF data say, the browser must not either.
  const isTurned = heat.width !== size.width || heat.height !== size.height;
  if (isTurned && heat.width === size.height && heat.height === size.width) {
    $('preview').style.imageOrientation = 'none';
    $('frame').style.setProperty('--ratio', heat.width / heat.height);
  } else {
    $('preview').style.imageOrientation = '';
  }

  const { area } = heat;
  canvas.style.left = `${100 * area.left / heat.width}%`;
  canvas.style.top = `${100 * area.top / heat.height}%`;
  canvas.style.width = `${100 * area.width / heat.width}%`;
  canvas.style.height = `${100 * area.height / heat.height}%`;
  canvas.width = heatSide;
  canvas.height = heatSide;
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(heatSide, heatSide);
  for (let y = 0; y < heatSide; y++) {
    for (let x = 0; x < heatSide; x++) {
      pixels.data.set(colour(valueAt(heat.map, (x + 0.5) / heatSide, (y + 0.5) / heatSide)), 4 * (y * heatSide + x));
    }
  }

  context.putImageData(pixels, 0, 0);
}

// Between the map's values by bilinear interpolation, as the service's own pictures.
function valueAt({ width, height, values }, across, down) {
  const x = Math.max(across * width - 0.5, 0);
  const y = Math.max(down * height - 0.5, 0);
  const left = Math.min(Math.floor(x), width - 1);
  const top = Math.min(Math.floor(y), height - 1);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const mix = (a, b, share) => a + (b - a) * share;
  return mix(
    mix(values[top * width + left], values[top * width + right], x - left),
    mix(values[bottom * width + left], values[bottom * width + right], x - left),
    y - top);
}

function colour(value) {
  const at = Math.min(Math.max(value, 0), 1) * (ramp.length - 1);
  const from = Math.min(Math.floor(at), ramp.length - 2);
  const [red, green, blue, alpha] = ramp[from].map((part, i) => part + (ramp[from + 1][i] - part) * (at - from));
  return [red, green, blue, 255 * alpha];
}

function bytesText(bytes) {
  if (bytes < 1e3) {
    return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  }

  return bytes < 1e6 ? `${number.format(bytes / 1e3)} kB` : `${number.format(bytes / 1e6)} MB`;
}

// Choosing, dropping, pasting

$('picker').addEventListener('change', () => {
  if ($('picker').files.length > 0) {
    take([...$('picker').files]);
    // The same file may be chosen again.
    $('picker').value = '';
  }
});

let depth = 0;
document.addEventListener('dragenter', event => {
  event.preventDefault();
  depth++;
  document.body.classList.add('dragging');
});
document.addEventListener('dragleave', () => {
  depth--;
  document.body.classList.toggle('dragging', depth > 0);
});
document.addEventListener('dragover', event => event.preventDefault());
document.addEventListener('drop', event => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove('dragging');
  take([...event.dataTransfer.files]);
});
document.addEventListener('paste', event => take([...event.clipboardData.files]));

$('retry').addEventListener('click', retry);
for (const [id, kind] of [['heat-shown', 'change'], ['heat-strength', 'input']]) {
  $(id).addEventListener(kind, drawHeat);
}

// An error that is shown stays until something is done about it; only what the connection alone has stopped goes on by itself.
addEventListener('offline', () => {
  if (shown === null) {
    fail(offline());
  }
});
addEventListener('online', () => {
  backAt = performance.now();
  if (shown?.isOffline) {
    retry();
  }
});

// What is served

async function describe() {
  try {
    model = await ask('/model');
    if (model.labels?.length > 1) {
      const work = model.task === 'multilabel' ? 'looks for' : 'chooses among';
      $('model').textContent = `A network looks at it, ${work} ${model.labels.length} classes, and shows what speaks for them.`;
    }

    $('limits').textContent = `Up to ${bytesText(model.maxBytes)} and ${number.format(model.maxPixels / 1e6)} million pixels.`;
  } catch (error) {
    fail(error, describe);
  }
}

async function offerExamples() {
  const names = await ask('/examples').catch(() => []);
  $('example-list').replaceChildren(...names.map(example));
  $('examples').hidden = names.length === 0;
}

function example(title) {
  const address = `/examples/${encodeURIComponent(title)}`;
  const picture = document.createElement('img');
  picture.src = address;
  picture.alt = title.replace(/\.[a-z]+$/, '');
  const button = document.createElement('button');
  button.type = 'button';
  button.append(picture);
  button.addEventListener('click', async () => {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) {
      take([new File([await response.blob()], title, { type: response.headers.get('Content-Type') })]);
    } else {
      fail(new Failure('The service does not answer. It may have been stopped.', false));
    }
  });
  const item = document.createElement('li');
  item.append(button);
  return item;
}

describe();
offerExamples();
