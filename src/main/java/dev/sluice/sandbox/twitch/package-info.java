/**
 * Twitch as the gateway meets it: the OAuth role ({@code /oauth2}) and the Helix role ({@code
 * /helix}). Answers follow <a href="https://dev.twitch.tv/docs/api/reference">the API reference</a>
 * and <a href="https://dev.twitch.tv/docs/authentication">its authentication pages</a>; where the
 * pages are silent, the strict reading is taken. The data are made up, and the same at every start.
 */
package dev.sluice.sandbox.twitch;
