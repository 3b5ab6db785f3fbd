// The main job, on each storage engine, with JavaScript and without.

import { engines } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";
import { mainJourney } from "../lib/main_journey.mjs";
import { WORDS } from "../lib/words.mjs";

journey("a crew enters, the bank crew validates, the member sees it, nobody changes it", { engines }, async ({ signedIn }) => {
  const [tom, claire, lea] = [await signedIn("tom"), await signedIn("claire"), await signedIn("lea")];
  await mainJourney({ words: WORDS.fr, tom, claire, lea });
});
