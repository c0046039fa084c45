// Plays the stick figures: each film holds its joints as bytes, x and y by turns, 255 255 for a joint that is missing.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const films = [...document.querySelectorAll("svg.film")].map((svg) => ({
    svg,
    bytes: Uint8Array.from(atob(svg.dataset.film), (c) => c.charCodeAt(0)),
    joints: +svg.dataset.joints,
    fps: +svg.dataset.fps,
    bones: svg.dataset.bones.split(" ").map((pair) => pair.split(",").map(Number)),
    lines: [...svg.querySelectorAll("line")],
    on: !still, seen: false, at: 0,
  }));
  const show = (film) => {
    const frames = film.bytes.length / film.joints / 2;
    const base = (Math.floor(film.at) % frames) * film.joints * 2;
    film.bones.forEach(([a, b], i) => {
      const [x1, y1, x2, y2] = [a, a, b, b].map((j, k) => film.bytes[base + 2 * j + (k % 2)]);
      const line = film.lines[i], gone = (x1 === 255 && y1 === 255) || (x2 === 255 && y2 === 255);
      line.style.display = gone ? "none" : "";
      if (!gone) { line.setAttribute("x1", x1); line.setAttribute("y1", y1); line.setAttribute("x2", x2); line.setAttribute("y2", y2); }
    });
  };
  const watcher = new IntersectionObserver((entries) => entries.forEach((e) => {
    const film = films.find((f) => f.svg === e.target);
    film.seen = e.isIntersecting;
  }));
  films.forEach((film) => {
    watcher.observe(film.svg);
    film.svg.addEventListener("click", () => { film.on = !film.on; });
  });
  let before = performance.now();
  const tick = (now) => {
    const step = Math.min((now - before) / 1000, 0.2);
    before = now;
    for (const film of films) if (film.on && film.seen) { film.at += step * film.fps; show(film); }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})();
