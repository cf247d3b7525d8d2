"""Words that guesses are made of, in Spanish and English: a password of these and digits alone is refused."""

COMMON_WORDS = frozenset(
    """
    contrasena contrasenia password passwort passphrase passw0rd clave secreto secret acceso access
    login signin usuario username user administrador administrator admin root superuser sistema
    system bienvenido bienvenida welcome hola hello gracias chao adios letmein trustno changeme
    cambiame temporal default prueba pruebas testing test demo ejemplo example guest invitado teamo
    iloveyou amor amorcito corazon princesa princess princes mivida familia hermosa preciosa bebe
    baby angel monkey dragon master shadow sunshine football futbol baseball soccer superman batman
    pokemon starwars naruto estrella mariposa chocolate tequiero ernesto alejandro alejandra carlos
    andres daniel daniela maria jose juan luis miguel jesus cristo diosesamor dios colombia mexico
    argentina peru chile ecuador venezuela espana bogota medellin nacional america barcelona
    realmadrid millonarios enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre january february march april june july august september october november
    december lunes martes miercoles jueves viernes sabado domingo monday tuesday wednesday thursday
    friday saturday sunday verano invierno otono primavera summer winter spring autumn whatsapp waia
    meta facebook google chat chatbot bot mensaje mensajes mensajeria negocio empresa company tienda
    ventas cliente clientes asesor agente soporte support oficina office qwerty qwertyuiop asdfgh
    asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc edcrfv asdf qwer zxcv abcd abcdef abc
    """.split()  # noqa: SIM905  # one word a line would fill three screens
)
