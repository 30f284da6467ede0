"""Invented people's names: frequency-skewed, of several origins, with double surnames and nicknames."""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.str_]

_EUROPEAN = """
Smith Murphy Johnson Sullivan Brown Miller Russo Rossi Kowalski Nowak Williams Davis Wilson Anderson Taylor Ryan
O'Brien Kelly Walsh McCarthy Byrne Doyle Gallagher Fitzgerald Esposito Romano Colombo Ricci Marino Greco Bruno Gallo
Conti DeLuca Mancini Costa Giordano Rizzo Lombardi Moretti Wisniewski Wojcik Kaminski Lewandowski Zielinski Szymanski
Kozlowski Jankowski Mazur Krawczyk Silva Santos Ferreira Pereira Oliveira Almeida Carvalho Teixeira Moreira Correia
Medeiros Furtado Bettencourt Pimentel Tremblay Gagnon Roy Cote Bouchard Gauthier Morin Lavoie Fortin Pelletier
Belanger Levesque Bergeron Leblanc Schmidt Weber Wagner Becker Hoffmann Schulz Keller Cohen Katz Goldberg Shapiro
Petrov Ivanov Shevchenko Bondarenko Papadopoulos Georgiou Nagy Horvath
""".split()
_COMPOSED = [
    beginning + ending
    for ending in "ford ton ley wood ham well worth man stone ridge son more".split()
    for beginning in "Ash Black Brad Brook Can Clif Crow Dal Ed Fair Gar Hal Har Kirk Lang Mar Nor Pem Rad Sand "
    "Stan Thorn Wal Whit Win".split()
]
SURNAMES = {
    "W": _EUROPEAN + _COMPOSED,
    "B": "Williams Johnson Brown Campbell Davis Jackson Thompson Robinson Grant Clarke Joseph Pierre Jean Baptiste "
    "Charles Francis Morgan Reid Gordon Bailey Edwards Henry Washington Jefferson Banks Booker Mensah Owusu Boateng "
    "Okafor Adeyemi Okonkwo Eze Diallo Traore Toure Kamara Sesay Tesfaye Bekele Abebe Barrett Coleman Hayes "
    "Simmons Gaines".split()
    + _COMPOSED[:60],
    "H": "Rivera Rodriguez Garcia Lopez Martinez Gonzalez Perez Hernandez Santiago Torres Ramirez Sanchez Cruz Ortiz "
    "Diaz Morales Reyes Colon Vargas Figueroa Velez Nieves Maldonado Rosario Vega Medina Acevedo Soto Rosado Pagan "
    "Quinones Feliciano Collazo Padilla Alicea Burgos Cintron Marrero Zayas Negron Otero Serrano Castillo Mendoza "
    "Guzman Pena Nunez Mejia Espinal Polanco Taveras Quispe Mamani Huaman Cardenas Guaman Chimbo Loja Muñoz Ibáñez "
    "Restrepo Zapata Cordero Valentin Fuentes Camacho Delgado Aponte Baez Cabrera Lugo Matos Pabon".split(),
    "A": "Nguyen Patel Chen Wang Li Zhang Liu Kim Park Lee Tran Pham Le Hoang Shah Singh Kumar Sharma Gupta Reddy "
    "Khan Ahmed Hussain Rahman Huang Wu Zhou Xu Lin Choi Jung Kang Santos Reyes Cruz Bautista Tanaka Sato Suzuki "
    "Vang Xiong Yang Lim Tan Ng Chowdhury Das Iyer Rao Desai Mehta".split(),
    "I": "Fielding Hawk Strong Redcloud Greenway Brooks Harris Jackson Sebastian Cooper Skyhawk Longwater".split()
    + _COMPOSED[60:100],
    "P": "Kealoha Kahale Kalani Mahoe Tuiasosopo Leota Faleolo Taufa Sione Latu Perez Cruz".split(),
}  # fmt: skip
GIVEN = {
    "F": {
        "W": "Emily Olivia Madison Emma Abigail Elizabeth Hannah Samantha Sarah Grace Katherine Julia Alexandra Anna "
        "Lauren Isabella Sophia Megan Victoria Natalie Rachel Rebecca Jessica Caroline Allison Margaret Molly Kayla "
        "Morgan Haley Leah Erin Nicole Mackenzie Brianna Taylor Sydney Jenna Amanda Jennifer Christina Gabriella "
        "Gianna Francesca Zofia Agnieszka Beatriz Ines Catarina Colleen Siobhan Bridget Lydia Audrey".split(),
        "B": "Jada Aaliyah Destiny Kiara Imani Jasmine Brianna Makayla Nia Tiana Ebony Amara Zoe Naomi Gabrielle "
        "Alexis Jordan Danielle Simone Fatou Abena Chiamaka Adaeze Marie-Ange Rose Christelle Keisha".split(),
        "H": "Maria Ana Gabriela Isabella Sofia Valeria Camila Daniela Natalia Alondra Nayeli Paola Andrea Angelica "
        "Genesis Ashley Stephanie Yaritza Jailene Mariana Alejandra Karla Lucia Carmen Rosa Milagros Xiomara "
        "Josefina Guadalupe Elena Noemí Inés".split(),
        "A": "Priya Anjali Emily Jessica Grace Mei Linh Thuy Huong Ji-woo Soo-jin Min Yuki Aisha Fatima Zara Pooja "
        "Riya Kavya Sneha Xin Ying Jia Hui Michelle Tiffany Angela Christine".split(),
    },
    "M": {
        "W": "Michael Matthew Ryan Nicholas Joseph Andrew William Tyler John Jacob Christopher Daniel Anthony Alexander "
        "Benjamin Thomas James Zachary Robert Ethan Connor Jack Samuel Kyle Justin Nathan Sean Patrick Timothy "
        "Edward Charles Richard Steven Jonathan Joshua Dylan Evan Aidan Luke Owen Brendan Liam Gianluca Dominic "
        "Vincent Piotr Tomasz Joao Tiago Rui Etienne Theodore Gregory Peter Stephen Frederick Nathaniel".split(),
        "B": "Elijah Isaiah Jayden Malik Xavier Jalen Tyrone Darius Andre Marcus Christopher Michael Joshua Jeremiah "
        "Kwame Kofi Emeka Chidi Ibrahim Mamadou Jean-Luc Pierre Wesley Terrell Devonte Zion Nathaniel".split(),
        "H": "Jose Luis Angel Carlos Juan Miguel Gabriel Christian Alejandro Jesus Javier Antonio Francisco Jorge "
        "Ricardo Eduardo Manuel Rafael Hector Emmanuel Adrian Kevin Brandon Jonathan Fernando Andres Diego "
        "Joel Ruben Ismael José Ángel".split(),
        "A": "Arjun Rohan Aditya Rahul Kevin Jason Brian Andrew Daniel Minh Huy Duc Khoa Wei Jun Hao Ming Sung-min "
        "Hyun Ji-ho Hiroshi Kenji Omar Ali Hassan Bilal Vikram Nikhil Samir Eric Vincent Anthony".split(),
    },
}  # fmt: skip
NICKNAMES = dict(
    pair.split(":")
    for pair in "Elizabeth:Liz Katherine:Kate Samantha:Sam Alexandra:Alex Abigail:Abby Madison:Maddie Victoria:Vicky "
    "Rebecca:Becky Jessica:Jess Jennifer:Jen Margaret:Maggie Christina:Tina Gabriella:Gabby Isabella:Bella Amanda:Mandy "
    "Natalie:Nat Rachel:Rae Michael:Mike Matthew:Matt Nicholas:Nick Joseph:Joe Andrew:Andy William:Bill John:Jack "
    "Jacob:Jake Christopher:Chris Daniel:Dan Anthony:Tony Alexander:Alex Benjamin:Ben Thomas:Tom James:Jim "
    "Zachary:Zach Robert:Bob Samuel:Sam Nathan:Nate Patrick:Pat Timothy:Tim Edward:Ted Charles:Chuck Richard:Rick "
    "Steven:Steve Stephen:Steve Jonathan:Jon Joshua:Josh Gregory:Greg Peter:Pete Frederick:Fred Nathaniel:Nate "
    "Theodore:Theo Vincent:Vinny Dominic:Dom Jose:Pepe Francisco:Pancho Antonio:Tony Eduardo:Eddie Manuel:Manny "
    "Rafael:Rafa Alejandro:Alex Gabriela:Gaby Alejandra:Ale Guadalupe:Lupe Josefina:Josie Gabriel:Gabe Emmanuel:Manny "
    "Fernando:Nando Jesus:Chuy Stephanie:Steph Angelica:Angie Daniela:Dani Valeria:Vale Elijah:Eli Isaiah:Zay "
    "Gabrielle:Gabby Danielle:Dani Michelle:Shelly Angela:Angie Christine:Chris Tiffany:Tiff".split()
)  # fmt: skip

# Surname origins by race/ethnicity code: M draws from the four largest, and no group is of one origin only.
_ORIGINS = {
    "A": {"A": 0.95, "W": 0.05},
    "B": {"B": 0.92, "H": 0.03, "W": 0.05},
    "H": {"H": 0.96, "W": 0.04},
    "I": {"I": 0.8, "W": 0.2},
    "M": {"W": 0.4, "B": 0.25, "H": 0.2, "A": 0.15},
    "P": {"P": 0.8, "W": 0.2},
    "W": {"W": 0.97, "H": 0.02, "A": 0.01},
}
_DOUBLE_SURNAME = {"H": 0.45}
_DOUBLE_OTHERWISE = 0.03


def _skewed(rng: np.random.Generator, words: list[str], count: int) -> Words:
    """A Zipf-like draw: the first names of a list are many times as frequent as the last."""
    weights = 1.0 / (np.arange(len(words)) + 6.0) ** 0.9
    return rng.choice(np.array(words), size=count, p=weights / weights.sum())


def surnames(rng: np.random.Generator, race_eth: Words) -> Words:
    """One surname per person; nearly half of the Hispanic ones are double, joined by a hyphen."""
    names = np.empty(len(race_eth), dtype="U32")
    for code, origins in _ORIGINS.items():
        rows = np.flatnonzero(race_eth == code)
        origin = rng.choice(list(origins), size=len(rows), p=list(origins.values()))
        for pool in origins:
            here = rows[origin == pool]
            first, second = _skewed(rng, SURNAMES[pool], len(here)), _skewed(rng, SURNAMES[pool], len(here))
            double = rng.random(len(here)) < _DOUBLE_SURNAME.get(pool, _DOUBLE_OTHERWISE)
            joined = np.char.add(np.char.add(first, "-"), second)
            names[here] = np.where(double & (first != second), joined, first)
    return names


def given_names(rng: np.random.Generator, race_eth: Words, gender: Words) -> Words:
    """One given name per person; whose gender is recorded as U draws from either list."""
    listed = np.where(gender == "U", rng.choice(["F", "M"], size=len(gender)), gender)
    names = np.empty(len(race_eth), dtype="U16")
    for sex, pools in GIVEN.items():
        for code in _ORIGINS:
            rows = np.flatnonzero((race_eth == code) & (listed == sex))
            names[rows] = _skewed(rng, pools.get(code, pools["W"]), len(rows))
    return names


def middle_initials(rng: np.random.Generator, count: int) -> Words:
    """An initial for three people in five, otherwise nothing."""
    letters = rng.choice(np.array(list("AMJLERSCDGNPKTB")), size=count)
    return np.where(rng.random(count) < 0.6, letters, "")
