#include "kingpost/seed/words.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <string_view>

namespace kingpost::seed {
namespace {

constexpr std::array<std::string_view, 24> kFirstNames = {"Anna",  "Ben",  "Clara", "David", "Elif",  "Felix",  "Greta", "Hugo",
                                                          "Ines",  "Jan",  "Karim", "Lena",  "Marco", "Nora",   "Oskar", "Paula",
                                                          "Quinn", "Rosa", "Samir", "Tilda", "Uma",   "Viktor", "Wanda", "Yusuf"};
constexpr std::array<std::string_view, 24> kLastNames = {"Adler",  "Berg",   "Costa", "Dahl",   "Ekman",  "Fischer", "Garcia", "Hansen",
                                                         "Ivanov", "Jensen", "Kaya",  "Lindt",  "Moreau", "Novak",   "Okafor", "Petrov",
                                                         "Quist",  "Rossi",  "Sato",  "Tanaka", "Usman",  "Vogel",   "Weber",  "Zimmer"};
constexpr std::array<std::string_view, 16> kAdjectives = {"Oak",   "Linen", "Steel", "Copper", "Quiet", "Folding", "Classic", "Compact",
                                                          "Woven", "Amber", "Light", "Nordic", "Round", "Walnut",  "Glass",   "Everyday"};
constexpr std::array<std::string_view, 20> kThings = {"Lamp",   "Chair",   "Desk",    "Shelf",   "Kettle",  "Notebook", "Backpack",
                                                      "Clock",  "Mug",     "Blanket", "Speaker", "Vase",    "Basket",   "Stool",
                                                      "Mirror", "Cushion", "Tray",    "Teapot",  "Headset", "Bottle"};
constexpr std::array<std::string_view, 16> kCategories = {"Lighting", "Furniture", "Kitchen", "Office", "Garden", "Travel",     "Textiles", "Audio",
                                                          "Storage",  "Bathroom",  "Outdoor", "Sports", "Books",  "Stationery", "Games",    "Tools"};
constexpr std::array<std::string_view, 12> kCompanies = {"Aurora",  "Bluebird", "Cedar", "Delta",   "Ember",    "Fjord",
                                                         "Granite", "Harbor",   "Ivory", "Juniper", "Keystone", "Lumen"};
constexpr std::array<std::string_view, 5> kCompanyKinds = {"Works", "Supply", "Partners", "Labs", "Trading"};
constexpr std::array<std::string_view, 16> kCities = {"Berlin", "Lisbon", "Oslo",   "Turin", "Kyoto",   "Accra",   "Lyon",   "Porto",
                                                      "Gdansk", "Ghent",  "Bergen", "Izmir", "Toronto", "Hamburg", "Malaga", "Zagreb"};
constexpr std::array<std::string_view, 12> kCountries = {"Germany", "Portugal", "Norway",  "Italy",  "Japan", "Ghana",
                                                         "France",  "Poland",   "Belgium", "Canada", "Spain", "Croatia"};
constexpr std::array<std::string_view, 8> kStreets = {"Mill Lane",      "Station Road", "High Street", "Park Avenue",
                                                      "Harbour Street", "Church Row",   "Elm Street",  "Bridge Road"};
constexpr std::array<std::string_view, 32> kWords = {"order",  "light",  "morning", "paper",  "garden", "simple", "careful", "window",
                                                     "answer", "quiet",  "number",  "letter", "market", "summer", "bright",  "corner",
                                                     "gentle", "wooden", "silver",  "travel", "early",  "second", "modern",  "strong",
                                                     "little", "ready",  "open",    "clear",  "warm",   "fresh",  "plain",   "steady"};

template <std::size_t N>
std::string pick(const std::array<std::string_view, N>& list, Random& random) {
  return std::string(list[random.below(N)]);
}

std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace

std::string first_name(Random& random) { return pick(kFirstNames, random); }
std::string last_name(Random& random) { return pick(kLastNames, random); }
std::string product_name(Random& random) { return pick(kAdjectives, random) + ' ' + pick(kThings, random); }
std::string category_name(Random& random) { return pick(kCategories, random); }
std::string company_name(Random& random) { return pick(kCompanies, random) + ' ' + pick(kCompanyKinds, random); }
std::string city_name(Random& random) { return pick(kCities, random); }
std::string country_name(Random& random) { return pick(kCountries, random); }
std::string street_name(Random& random) { return fmt::format("{} {}", pick(kStreets, random), random.between(1, 180)); }
std::string word(Random& random) { return pick(kWords, random); }

std::string title(Random& random) {
  std::string text = capitalised(word(random));
  const std::size_t more = 1 + random.below(4);
  for (std::size_t i = 0; i < more; ++i) text += ' ' + word(random);
  return text;
}

std::string sentences(Random& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) text += ' ';
    text += title(random) + ' ' + word(random) + '.';
  }
  return text;
}

}  // namespace kingpost::seed
