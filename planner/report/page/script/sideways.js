// Tables wider than their place: where more columns are, a shadow at the edge and a line above say so.

const hintSideways = (scroll) => {
  const frame = make("div", { className: "frame" });
  scroll.replaceWith(frame);
  frame.append(scroll);
  const hint = make("p", { className: "sideways", textContent: say("More columns than fit: scroll sideways.") });
  frame.before(hint);
  const look = () => {
    const room = scroll.scrollWidth - scroll.clientWidth;
    const gone = Math.abs(scroll.scrollLeft);
    hint.hidden = room <= 2;
    frame.classList.toggle("more-before", gone > 2);
    frame.classList.toggle("more-after", room - gone > 2);
  };
  scroll.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(look);
  sizes.observe(scroll);
  sizes.observe(scroll.querySelector("table"));
};
