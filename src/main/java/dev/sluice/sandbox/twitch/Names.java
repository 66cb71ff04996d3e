package dev.sluice.sandbox.twitch;

import java.util.List;

/** The words that the made-up data are made of. */
final class Names {

  private Names() {}

  /** Id and display name of channels that clients know by heart; the first has the most clips. */
  static final List<String> KNOWN_CHANNELS =
      List.of(
          "19571641 Ninja",
          "37402112 shroud",
          "44445592 pokimane",
          "71092938 xQc",
          "26490481 summit1g",
          "23161357 LIRIK",
          "36769016 TimTheTatman",
          "60056333 Tfue",
          "26301881 sodapoppin",
          "22484632 forsen",
          "79294007 Valkyrae",
          "26154978 Sykkuno",
          "36340781 tarik",
          "181077473 Gaules",
          "83232866 ibai",
          "39276140 Rubius",
          "641972806 KaiCenat",
          "51496027 loltyler1",
          "26610234 CohhCarnage",
          "36029255 RiotGames",
          "22510310 GamesDoneQuick",
          "229729353 CriticalRole",
          "103268673 GMHikaru",
          "141981764 TwitchDev",
          "12826 Twitch");

  /** Id, IGDB id (0 for none) and name; the first two are the ones that most clips are of. */
  static final List<String> CATEGORIES =
      List.of(
          "509658 0 Just Chatting",
          "33214 1905 Fortnite",
          "21779 115 League of Legends",
          "516575 126459 VALORANT",
          "32982 1020 Grand Theft Auto V",
          "32399 1372 Counter-Strike",
          "27471 121 Minecraft",
          "511224 114795 Apex Legends",
          "512710 131800 Call of Duty: Warzone",
          "29595 2963 Dota 2",
          "18122 123 World of Warcraft",
          "138585 1279 Hearthstone",
          "263490 3277 Rust",
          "515025 125174 Overwatch 2",
          "30921 11198 Rocket League",
          "493057 27789 PUBG: BATTLEGROUNDS",
          "491931 26758 Escape from Tarkov",
          "509659 0 ASMR",
          "26936 0 Music",
          "509660 0 Art",
          "743 0 Chess",
          "417752 0 Talk Shows & Podcasts",
          "509663 0 Special Events",
          "509667 0 Food & Drink",
          "509672 0 Travel & Outdoors",
          "518203 0 Sports",
          "1469308723 0 Software and Game Development",
          "499003 11137 Sea of Thieves",
          "491487 18866 Dead by Daylight",
          "460630 7360 Tom Clancy's Rainbow Six Siege",
          "512953 119133 ELDEN RING",
          "66082 0 Games + Demos",
          "27284 0 Retro");

  static final List<String> ADJECTIVES =
      List.of(
          "Agile", "Brave", "Calm", "Dapper", "Eager", "Fancy", "Gentle", "Happy", "Icy", "Jolly",
          "Kind", "Lucky", "Mellow", "Noble", "Odd", "Proud", "Quick", "Rapid", "Sleepy", "Tiny",
          "Urban", "Vivid", "Witty", "Young", "Zesty");

  static final List<String> NOUNS =
      List.of(
          "Otter", "Badger", "Comet", "Dragon", "Ember", "Falcon", "Goblin", "Harbor", "Island",
          "Jaguar", "Kraken", "Lantern", "Meteor", "Nebula", "Orchid", "Panda", "Quartz", "Raven",
          "Salmon", "Tiger", "Umbra", "Viking", "Walrus", "Yeti", "Zebra");

  static final List<String> ENDINGS =
      List.of("Kappa", "PogChamp", "BibleThump", "SwiftRage", "TwitchUnity", "KomodoHype");

  /** With quotes, markup and other scripts, because real titles have them. */
  static final List<String> TITLES =
      List.of(
          "What a clutch",
          "He did it AGAIN",
          "\"You can't make this up\"",
          "1v4 with 3 HP left",
          "chat was right <3",
          "that timing & that luck",
          "no way \uD83D\uDE02\uD83D\uDE02",
          "Überraschung im letzten Zug",
          "¿qué acaba de pasar?",
          "最後の一撃",
          "마지막 한 방",
          "<b>bold</b> move",
          "100% planned\\not planned",
          "the longest jump of the run",
          "first try, I promise");

  static final List<String> LANGUAGES =
      List.of("en", "en", "en", "en", "de", "es", "fr", "pt", "ja", "ko");
}
