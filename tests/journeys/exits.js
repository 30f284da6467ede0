// What a hostile notebook's script tries in the researcher's browser, each by name; `to(name)` is an address of the canary.
(canary) => {
  const to = name => `${canary.http}/${name}`;
  const add = (tag, attributes, into = document.body) => into.append(Object.assign(document.createElement(tag), attributes));
  const frame = () => { const made = document.createElement("iframe"); document.body.append(made); return made; };
  const tries = {
    fetch: () => fetch(to("fetch"), { mode: "no-cors" }),
    fetch_keepalive: () => fetch(to("fetch_keepalive"), { mode: "no-cors", keepalive: true }),
    xhr: () => { const x = new XMLHttpRequest(); x.open("GET", to("xhr")); x.send(); },
    beacon: () => { if (!navigator.sendBeacon(to("beacon"), "x")) throw new Error("refused"); },
    websocket: () => { new WebSocket(`${canary.http.replace("http", "ws")}/websocket`); },
    event_source: () => { new EventSource(to("event_source")); },
    web_transport: () => { new WebTransport(`https://127.0.0.1:${canary.udp}/`); },
    image: () => { new Image().src = to("image"); },
    picture_in_style: () => { document.body.style.backgroundImage = `url(${to("picture_in_style")})`; },
    style_import: () => add("style", { textContent: `@import url(${to("style_import")});` }, document.head),
    font: () => { new FontFace("x", `url(${to("font")})`).load(); },
    stylesheet: () => add("link", { rel: "stylesheet", href: to("stylesheet") }, document.head),
    prefetch: () => add("link", { rel: "prefetch", href: to("prefetch") }, document.head),
    preload: () => add("link", { rel: "preload", as: "image", href: to("preload") }, document.head),
    module_preload: () => add("link", { rel: "modulepreload", href: to("module_preload") }, document.head),
    manifest: () => add("link", { rel: "manifest", href: to("manifest") }, document.head),
    icon: () => add("link", { rel: "icon", href: to("icon") }, document.head),
    script: () => add("script", { src: to("script") }),
    module: () => import(to("module")),
    frame: () => add("iframe", { src: to("frame") }),
    frame_with_document: () => add("iframe", { srcdoc: `<img src="${to("frame_with_document")}">` }),
    empty_frame: () => frame().contentWindow.fetch(to("empty_frame"), { mode: "no-cors" }),
    empty_frame_image: () => { new (frame().contentWindow.Image)().src = to("empty_frame_image"); },
    object: () => add("object", { data: to("object") }),
    embed: () => add("embed", { src: to("embed") }),
    video: () => add("video", { src: to("video"), preload: "auto" }),
    svg_image: () => { const box = document.createElement("div"); box.innerHTML = `<svg><image href="${to("svg_image")}"/></svg>`; document.body.append(box); },
    worker: () => { new Worker(to("worker")); },
    worker_of_text: () => { new Worker(URL.createObjectURL(new Blob([`fetch("${to("worker_of_text")}", {mode: "no-cors"})`]))); },
    shared_worker: () => { new SharedWorker(to("shared_worker")); },
    service_worker: () => navigator.serviceWorker.register(to("service_worker")),
    popup: () => { if (!window.open(to("popup"))) throw new Error("refused"); },
    link_elsewhere: () => { const a = document.createElement("a"); a.href = to("link_elsewhere"); a.target = "_blank"; document.body.append(a); a.click(); },
    link_ping: () => { const a = document.createElement("a"); a.href = "#x"; a.ping = to("link_ping"); document.body.append(a); a.click(); },
    download_of_data: () => { const a = document.createElement("a"); a.href = "data:text/csv,1"; a.download = "a.csv"; document.body.append(a); a.click(); },
    download_of_blob: () => { const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["1"])); a.download = "b.csv"; document.body.append(a); a.click(); },
    top_navigation: () => { window.top.location = to("top_navigation"); },
    report: () => { new ReportingObserver(() => {}).observe(); add("meta", { httpEquiv: "Content-Security-Policy", content: `img-src 'none'; report-uri ${to("report")}` }, document.head); new Image().src = "/x.png"; },
    portal_page: () => fetch(canary.portal, { credentials: "include" }).then(() => { throw new Error("read"); }),
    clipboard: () => navigator.clipboard.writeText("exit"),
    clipboard_by_command: () => { const t = document.createElement("textarea"); t.value = "exit"; document.body.append(t); t.select(); if (!document.execCommand("copy")) throw new Error("refused"); },
    web_rtc: () => { const c = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${canary.udp}` }] }); c.createDataChannel("x"); return c.createOffer().then(o => c.setLocalDescription(o)); },
    // last, for they move the frame itself: one to the browser's own page of an error, where a popup would open
    form: () => { const f = document.createElement("form"); f.action = to("form"); f.method = "post"; document.body.append(f); f.submit(); },
    meta_refresh: () => add("meta", { httpEquiv: "refresh", content: `0;url=${to("meta_refresh")}` }, document.head),
    own_navigation: () => { window.location = to("own_navigation"); },
  };
  window.onbeforeunload = null;
  return canary.names
    ? Object.keys(tries)
    : (async () => {
        const said = {};
        for (const name of canary.only) {
          const attempt = tries[name];
          try { await Promise.race([attempt(), new Promise(done => setTimeout(done, 400))]); said[name] = "tried"; }
          catch (error) { said[name] = String(error.message ?? error).slice(0, 80); }
        }
        return said;
      })();
}
