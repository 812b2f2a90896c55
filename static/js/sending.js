// How far a file that is being sent has come.
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress");
  const { lengthComputable, loaded, total } = event.detail;
  if (!bar || !lengthComputable) return;
  if (loaded < total) bar.value = loaded / total;
  else bar.removeAttribute("value"); // all of it is there: now it is looked at, nobody knows how long
});
