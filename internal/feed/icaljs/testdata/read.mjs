// Reads an iCalendar object from standard input and prints what ical.js
// understands of it, instants as seconds since 1970.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

ICAL.design.strict = true;
const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const moment = (property) => {
	if (!property) return null;
	const value = property.getFirstValue();
	if (value.isDate) return { day: value.toString() };
	return { at: value.toUnixTime(), zone: property.getParameter("tzid") ?? "" };
};
const text = (component, name) => component.getFirstPropertyValue(name) ?? "";
const items = [];
for (const kind of ["vevent", "vtodo"]) {
	for (const c of root.getAllSubcomponents(kind)) {
		items.push({
			kind,
			uid: text(c, "uid"),
			summary: text(c, "summary"),
			description: text(c, "description"),
			url: text(c, "url"),
			status: text(c, "status"),
			sequence: text(c, "sequence"),
			categories: c.getFirstProperty("categories")?.getValues() ?? [],
			start: moment(c.getFirstProperty("dtstart")),
			end: moment(c.getFirstProperty("dtend")),
			due: moment(c.getFirstProperty("due")),
			stamp: moment(c.getFirstProperty("dtstamp")),
			modified: moment(c.getFirstProperty("last-modified")),
			completed: moment(c.getFirstProperty("completed")),
			alarms: c.getAllSubcomponents("valarm").map((a) => ({
				action: text(a, "action"),
				description: text(a, "description"),
				related: a.getFirstProperty("trigger").getParameter("related") ?? "",
				seconds: a.getFirstPropertyValue("trigger").toSeconds(),
			})),
		});
	}
}
console.log(JSON.stringify({
	version: text(root, "version"),
	name: text(root, "x-wr-calname"),
	zones: root.getAllSubcomponents("vtimezone").map((z) => text(z, "tzid")),
	items,
}));
