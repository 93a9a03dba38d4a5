import { lazy } from "react";
import { Route, Switch } from "wouter";
import { Calendar } from "./Calendar";

const DayList = lazy(() => import("./DayList").then((found) => ({ default: found.DayList })));

/** /panel/agenda, and the list of a day that one prints. */
export default function AgendaPage() {
  return (
    <Switch>
      <Route path="/agenda/lista" component={DayList} />
      <Route path="/agenda" component={Calendar} />
    </Switch>
  );
}
