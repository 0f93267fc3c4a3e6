"""Given names, family names, streets and towns by language; towns and postal codes exist nowhere."""

GIVEN: dict[tuple[str, str, str], tuple[str, ...]] = {
    # (language, sex, generation): old is born before 1965, young after 1995
    ("nl", "female", "old"): tuple("Maria Godelieve Jeannine Simonne Rita Denise Lutgarde Monique Agnes Christiane".split()),
    ("nl", "female", "middle"): tuple("An Katrien Sofie Els Veerle Inge Leen Hilde Kristel Ilse Griet Sara".split()),
    ("nl", "female", "young"): tuple("Emma Louise Fien Noor Lotte Amber Jana Hanne Mila Olivia Elif Aya".split()),
    ("nl", "male", "old"): tuple("Jozef Willy Roger Etienne Marcel Luc Herman Gilbert Hubert Frans Raf Walter".split()),
    ("nl", "male", "middle"): tuple("Peter Koen Bart Wim Dirk Stijn Joris Kris Filip Geert Tom Yusuf".split()),
    ("nl", "male", "young"): tuple("Noah Arthur Jules Lars Seppe Milan Wout Robbe Vic Senne Ilyas Lowie".split()),
    ("fr", "female", "old"): tuple("Marie-Thérèse Paulette Josiane Colette Nicole Ginette Andrée Françoise Yvonne Liliane".split()),
    ("fr", "female", "middle"): tuple("Isabelle Nathalie Valérie Sandrine Céline Anne Sophie Caroline Laurence Fatima".split()),
    ("fr", "female", "young"): tuple("Léa Camille Chloé Manon Inès Zoé Clara Juliette Yasmine Lucie Eva".split()),
    ("fr", "male", "old"): tuple("Jean Georges André Michel Claude Roland Lucien Fernand Guy Jean-Pierre Emile Raymond".split()),
    ("fr", "male", "middle"): tuple("Olivier Philippe Vincent Benoît Christophe Laurent Thierry Frédéric Karim Xavier".split()),
    ("fr", "male", "young"): tuple("Louis Hugo Nathan Théo Gabriel Adam Lucas Maxime Simon Rayan Victor".split()),
    ("de", "female", "old"): tuple("Helene Gertrud Irmgard Hildegard Ursula Margarethe Elfriede Renate Maria Anneliese".split()),
    ("de", "female", "middle"): tuple("Sabine Petra Birgit Anja Silke Claudia Martina Heike Andrea Doris".split()),
    ("de", "female", "young"): tuple("Lena Hannah Lea Anna Marie Johanna Clara Sophie Mia Greta".split()),
    ("de", "male", "old"): tuple("Heinrich Karl Josef Leo Alfred Erwin Günther Werner Hubert Paul".split()),
    ("de", "male", "middle"): tuple("Stefan Ralf Jürgen Thomas Markus Guido Manfred Achim Bernd Dieter".split()),
    ("de", "male", "young"): tuple("Jonas Felix Leon Paul Elias Luca Finn Moritz Anton Tim".split()),
}  # fmt: skip

FAMILY: dict[str, tuple[str, ...]] = {
    "nl": tuple(
        "Verlinden|De Smedt|Van Damme|Goossens|Claes|Wouters|De Backer|Pauwels|Hermans|Aerts|Michiels|Van den Bossche"
        "|Mertens|Van Acker|De Clercq|Coppens|Segers|Lemmens|Bogaert|Van Hecke|Cools|Thijs|Vermeiren|Baert|Daems"
        "|Yildiz|El Amrani|De Wolf|Van Laer|Smets|Stevens|Moens|Peeters|Janssens|Willems|Martens".split("|")
    ),
    "fr": tuple(
        "Dubois|Lambert|Dupont|Simon|Laurent|Leroy|Denis|Renard|Gérard|Marchal|Collard|Lejeune|Noël|Servais|Thiry"
        "|Delvaux|Gillet|Hanot|Warnier|Bodart|Fontaine|Dethier|Evrard|Henrard|Piette|Wauthier|Benali|Da Silva"
        "|Docquier|Lardinois|Massart|Pirard|Rouffignon|Stassart".split("|")
    ),
    "de": tuple(
        "Schmitz|Heinen|Pauls|Kessler|Johanns|Schröder|Lentz|Margraff|Theissen|Hilgers|Backes|Jost|Müller|Kohnen"
        "|Niessen|Radermacher|Scholzen|Veiders|Wertz|Thelen|Brüls|Cremer|Despineux|Genten".split("|")
    ),
}  # fmt: skip

STREETS: dict[str, tuple[str, ...]] = {
    "nl": tuple("Kerkstraat Molenweg Beukenlaan Veldstraat Dorpsplein Lindelaan Nieuwstraat Akkerweg Meersstraat".split()),
    "fr": tuple("Rue de l'Église|Rue du Moulin|Avenue des Hêtres|Rue Haute|Place Communale|Rue des Prés".split("|")),
    "de": tuple("Kirchstraße|Mühlenweg|Bergstraße|Neustraße|Am Hang|Gartenweg|Schulstraße".split("|")),
}  # fmt: skip

TOWNS: dict[str, tuple[str, ...]] = {
    "nl": ("9299 Scheldedal", "9298 Meersbeke", "9297 Oeverzele"),
    "fr": ("5599 Val-Aldegonde", "5598 Roche-sur-Biez", "5597 Fontaine-le-Haut"),
    "de": ("4799 Vennblick", "4798 Talbruck", "4797 Heckenrath"),
}


def given_names(language: str, sex: str, birth_year: int) -> tuple[str, ...]:
    """Given names usual for somebody of that language, sex and year of birth."""
    generation = "old" if birth_year < 1965 else "young" if birth_year > 1995 else "middle"
    return GIVEN[language, sex, generation]
