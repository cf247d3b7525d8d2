"""Words of three letters and more that every Spanish (or English) sentence has: they say nothing of what is wanted."""

_WRITTEN = """
    algo alguien algún alguna algunas alguno algunos ahí allá allí ante antes aquel aquella aquellas aquello aquellos
    aquí así aun aún aunque bien buen buena buenas buenos bueno cada casi como cómo con contra cosa cosas cual cuál
    cuales cuáles cualquier cuando cuándo dado dar dame debe del desde después dice donde dónde dos durante ella ellas
    ello ellos entonces entre era eran eres esa esas ese eso esos esta está estaba están estar estas este esto estos
    estoy favor fue fueron fui gracias había hace hacer hacia han has hasta hay haya hola hoy igual las les listo los
    más mas mejor menos mía mías mientras mío míos mis misma mismo mismos mucha muchas mucho muchos muy nada nadie nos
    nosotros nuestra nuestro nunca otra otras otro otros para pero poca poco podría pude puede pueden puedo pues porque
    porfa porfavor por qué que quien quién quiere quiero quisiera según ser será sería seño señor señora sido siempre
    sin sino sobre sois solo sólo son soy sra sus suya suyo tal también tampoco tan tanta tanto tarde tardes tiene
    tienen tengo toda todas todavía todo todos tres tus tuya tuyo una unas uno unos usted ustedes vale vamos van veces
    ver vez vos voy sí mañana día días noche noches saludos acá etc ahora luego dale eso nomás sea sean
    about all also and any are but can could did does for from get got had has have hello her here him his how its just
    like more not now our out please she should some than thank thanks that the their them then there these they this
    too very was were what when where which who will with would you your
"""
STOP_WORDS = frozenset(_WRITTEN.split())
