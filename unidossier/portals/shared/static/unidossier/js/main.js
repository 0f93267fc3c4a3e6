// The small modules of every page. Nothing here is needed to use the product: links and forms work without.
import { menus } from "./menus.js";
import { preferences } from "./preferences.js";
import { keyboard } from "./keyboard.js";
import { pane } from "./pane.js";
import { ribbon } from "./ribbon.js";
import { trend } from "./trend.js";
import { idle } from "./idle.js";
import { counter } from "./counter.js";
import { glass } from "./glass.js";
import { still } from "./still.js";

document.documentElement.classList.add("has-script");
for (const start of [menus, preferences, keyboard, pane, ribbon, trend, idle, counter, glass]) start(document);
still(document, [preferences, ribbon, trend, counter, glass]); // those that listen on what a new body brings anew
document.querySelector(".error-summary[data-focus]")?.focus();
